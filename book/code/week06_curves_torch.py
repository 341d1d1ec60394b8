"""Three looks at a new net: loss, one step, living units. In PyTorch."""

import torch
from torch import nn


def network(d, units, k):
    """Return a net from d inputs to k logits, one hidden layer of ReLU units."""
    return nn.Sequential(nn.Linear(d, units), nn.ReLU(), nn.Linear(units, k))


def cross_entropy(net, x, y):
    """Return the mean loss on x (n, d), y (n,): near ln k for a new net."""
    with torch.no_grad():
        return nn.functional.cross_entropy(net(torch.tensor(x)), torch.tensor(y)).item()


def first_step(net, x, y, rate):
    """Take one step of RMSprop; return how far each first weight moved."""
    # as Keras; but epsilon stands beside the root: g / (sqrt(0.1 g²) + 1e-7)
    settings = {"lr": rate, "alpha": 0.9, "eps": 1e-7}
    optimizer = torch.optim.RMSprop(net.parameters(), **settings)
    before = net[0].weight.detach().clone()  # (units, d)
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(torch.tensor(x)), torch.tensor(y)).backward()
    optimizer.step()
    return (net[0].weight.detach() - before).abs().T.numpy()  # (d, units)


def alive(net, x):
    """Return the share of hidden units that are on for some row."""
    with torch.no_grad():
        return (net[:2](torch.tensor(x)) > 0).any(dim=0).float().mean().item()
