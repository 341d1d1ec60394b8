"""A run that can be killed at any moment and goes on as if nothing had happened, in PyTorch."""

import os

import numpy as np
import torch
from torch import nn


def network(l2, dropout):
    """Return a net 4-8-3 and its optimiser; the penalty is l2 · Σw² of the kernels."""
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 3))
    kernels, biases = ([p for p in net.parameters() if p.ndim == d] for d in (2, 1))
    groups = [{"params": kernels, "weight_decay": 2 * l2}, {"params": biases}]
    return net, torch.optim.SGD(groups, lr=0.1, momentum=0.9)


def save(path, epoch, net, optimizer):
    """Write all that the next epoch depends on, under a temporary name first."""
    state = {"epoch": epoch, "net": net.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**state, "random": torch.get_rng_state()}, f"{path}.part")
    os.replace(f"{path}.part", path)  # the old file or the new one, never half of one


def resume(path, net, optimizer):
    """Return the epoch to go on with; put the saved state in place, if there is one."""
    if not os.path.exists(path):
        return 0
    state = torch.load(path, weights_only=True)  # numbers, no code
    net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    return state["epoch"]


def train(net, optimizer, x, y, path, *, epochs, seed=0):
    """Train from the last saved epoch on; the row order depends on seed and epoch alone."""
    for epoch in range(resume(path, net, optimizer), epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        for rows in np.split(order, range(16, len(x), 16)):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        save(path, epoch + 1, net, optimizer)
