"""Logistic regression from zero weights: NumPy, derivatives by hand."""

import numpy as np


def train(x, y, epochs, learning_rate):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    w, b = np.zeros(x.shape[1]), 0.0  # (d,), ()
    costs = []
    for epoch in range(epochs + 1):
        z = x @ w + b  # (n,)
        costs.append(np.mean(np.logaddexp(0, z) - y * z))
        if epoch < epochs:
            p = np.exp(-np.logaddexp(0, -z))  # (n,), sigmoid
            dz = (p - y) / len(y)  # (n,)
            w = w - learning_rate * (x.T @ dz)
            b = b - learning_rate * dz.sum()
    return w, b, costs


def predict(w, b, x):
    """Return 0 or 1 for each row: 1 if p > 1/2, that is z > 0."""
    return (x @ w + b > 0).astype(int)  # (n,)
