"""A net with penalties, max-norm, dropout and input noise, and AdamW, in PyTorch."""

import torch
from torch import nn


class GaussianNoise(nn.Module):
    """Add a normal number of standard deviation sd to each input, in training only."""

    def __init__(self, sd):
        super().__init__()
        self.sd = sd

    def forward(self, x):
        """Return x, with fresh noise in training."""
        return x + self.sd * torch.randn_like(x) if self.training else x


def network(d, units, *, dropout=0.0, noise=0.0):
    """Return a net from d inputs to one logit, with two hidden layers."""
    return nn.Sequential(
        GaussianNoise(noise),
        *(nn.Linear(d, units), nn.ELU(), nn.Dropout(dropout)),
        *(nn.Linear(units, units), nn.ELU(), nn.Dropout(dropout)),
        nn.Linear(units, 1),
    )


def hidden_weights(net):
    """Return the weights (units, inputs) of the hidden layers."""
    return [layer.weight for layer in net if isinstance(layer, nn.Linear)][:-1]


def penalty(net, a, b):
    """Return a Σ|w| + b Σ w², to be added to the loss."""
    return sum(a * w.abs().sum() + b * w.square().sum() for w in hidden_weights(net))


def max_norm(net, c):
    """Shorten the weights into each hidden unit to length c; call it after each step."""
    with torch.no_grad():
        for w in hidden_weights(net):
            w.copy_(torch.renorm(w, 2, 0, c))  # a row belongs to a unit


def adamw(parameters, rate, decay):
    """Return the optimiser; Adam(weight_decay=…) would be L2 in the gradient."""
    return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)
