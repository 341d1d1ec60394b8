"""A regression network: three hidden layers of ELU units, squared error, RMSprop, in PyTorch."""

import torch
from torch import nn


def network(d, units=64):
    """Return a net from d inputs to one number; no activation at the end, so any number."""
    hidden = [nn.Linear(d, units), nn.ELU()]
    for _ in range(2):
        hidden += [nn.Linear(units, units), nn.ELU()]
    return nn.Sequential(*hidden, nn.Linear(units, 1))


def train(net, x, y, epochs, batch_size):
    """Train in place on x (n, d) and y (n,); return the mean squared error of each epoch."""
    x, y = torch.tensor(x), torch.tensor(y).reshape(-1, 1)  # (n, d), (n, 1)
    # Keras's defaults: PyTorch's own are lr 0.01, alpha 0.99 and eps 1e-8.
    optimizer = torch.optim.RMSprop(net.parameters(), lr=0.001, alpha=0.9, eps=1e-7)
    losses = []
    for _epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x)).split(batch_size):
            loss = nn.functional.mse_loss(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)  # a mean over examples, not over batches
        losses.append(total / len(x))
    return losses


def predict(net, x):
    """Return one number for each row, in the unit of y."""
    with torch.no_grad():
        return net(torch.tensor(x))[:, 0].numpy()  # (n,)
