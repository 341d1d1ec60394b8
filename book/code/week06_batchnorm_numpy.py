"""Batch normalisation in NumPy, in the order of the derivation and with its letters."""

import numpy as np


def forward(x, gamma, beta, eps=1e-3):
    """Return y (n, d) of x (n, d) in training, and what the backward pass needs."""
    mu = x.mean(axis=0)  # (d,)
    v = ((x - mu) ** 2).mean(axis=0)  # (d,), mean first: no cancellation
    s = np.sqrt(v + eps)
    x_hat = (x - mu) / s  # (n, d)
    return gamma * x_hat + beta, (x_hat, s, mu, v)


def backward(g, gamma, x_hat, s):
    """Return dL/dx, dL/dγ and dL/dβ from g = dL/dy (n, d)."""
    dgamma, dbeta = (g * x_hat).sum(axis=0), g.sum(axis=0)
    dx = gamma / s * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
    return dx, dgamma, dbeta


def track(running, batch, keep=0.99):
    """Return the running statistic after one more batch."""
    return keep * running + (1 - keep) * batch


def inference(x, gamma, beta, running_mu, running_v, eps=1e-3):
    """Return y of x, each row on its own."""
    return gamma * (x - running_mu) / np.sqrt(running_v + eps) + beta
