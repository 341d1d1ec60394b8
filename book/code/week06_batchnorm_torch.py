"""A classifier with batch norm, early stopping and a checkpoint, in PyTorch."""

import torch
from torch import nn


def network(d, k, units=100):
    """Return a net from d inputs to k logits; batch norm makes the bias before it idle."""
    norm = nn.BatchNorm1d(units, eps=1e-3, momentum=0.01)  # Keras's values; 0.01 = 1 − 0.99
    return nn.Sequential(nn.Linear(d, units, bias=False), norm, nn.ReLU(), nn.Linear(units, k))


def train(net, x, y, val, epochs, batch_size, path, patience=3):
    """Train in place; keep the best state in a file; return the validation losses."""
    x, y = torch.tensor(x), torch.tensor(y)
    val_x, val_y = (torch.tensor(part) for part in val)
    loss_fn, losses = nn.CrossEntropyLoss(), []
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for epoch in range(epochs):
        net.train()  # statistics of the batch; the running ones move
        for rows in torch.randperm(len(x)).split(batch_size):
            loss = loss_fn(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        net.eval()  # the running statistics
        with torch.no_grad():
            losses.append(loss_fn(net(val_x), val_y).item())
        best = losses.index(min(losses))
        if best == epoch:
            torch.save(net.state_dict(), path)  # weights and running statistics
        if epoch - best >= patience:
            break
    net.load_state_dict(torch.load(path, weights_only=True))
    return losses


def predict(net, x):
    """Return logits (n, k), in inference: with the running statistics."""
    net.eval()
    with torch.no_grad():
        return net(torch.tensor(x)).numpy()


def load(net, path):
    """Put the saved weights and statistics into a net of the same shape, and return it."""
    net.load_state_dict(torch.load(path, weights_only=True))
    return net
