"""Logistic regression from zero weights: NumPy, derivatives by hand."""

import numpy as np


def train(x, y, epochs, learning_rate):
    """Return w (d,), b and the cost before each epoch and after the last."""
    w, b = np.zeros(x.shape[1]), 0.0  # (d,), ()
    costs = []
    for epoch in range(epochs + 1):
        z = x @ w + b  # (n,)
        costs.append(np.mean(np.logaddexp(0, z) - y * z))
        if epoch < epochs:
            p = np.exp(-np.logaddexp(0, -z))  # (n,), the sigmoid without overflow
            dz = (p - y) / len(y)  # (n,)
            w = w - learning_rate * (x.T @ dz)
            b = b - learning_rate * dz.sum()
    return w, b, costs


def predict(w, b, x):
    """Return 0 or 1 for each row: a logit above 0 is a probability above one half."""
    return (x @ w + b > 0).astype(int)  # (n,)
