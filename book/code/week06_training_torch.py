"""One network written in two ways, and its training loss measured in two, in PyTorch."""

import torch
from torch import nn


def sequential(d, units, k):
    """Return the network as a list of layers, each fed by the one before."""
    return nn.Sequential(nn.Linear(d, units), nn.ReLU(), nn.Linear(units, k))


class Subclassed(nn.Module):
    """The network as a class: the way through it is Python, with loops and conditions."""

    def __init__(self, d, units, k):
        super().__init__()
        self.hidden = nn.Linear(d, units)
        self.out = nn.Linear(units, k)

    def forward(self, x):
        """Return logits (n, k) for x (n, d); the loss applies the softmax."""
        return self.out(torch.relu(self.hidden(x)))


def train(net, x, y, *, epochs, batch_size, rate):
    """Train in place; return the loss as printed, and with the weights at rest, by epoch."""
    x, y = torch.tensor(x), torch.tensor(y)  # (n, d), (n,)
    optimizer, loss_fn = torch.optim.SGD(net.parameters(), lr=rate), nn.CrossEntropyLoss()
    printed, at_rest = [], []
    for _epoch in range(epochs):
        net.train()
        total = 0.0
        for x_batch, y_batch in zip(x.split(batch_size), y.split(batch_size), strict=True):
            loss = loss_fn(net(x_batch), y_batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x_batch)
        printed.append(total / len(x))  # averaged while the weights moved
        net.eval()
        with torch.no_grad():
            at_rest.append(loss_fn(net(x), y).item())  # every row by the same weights
    return printed, at_rest
