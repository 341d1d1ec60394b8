"""A logistic neuron learns AND: NumPy, derivatives by hand."""

import numpy as np

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])  # (n, d)
y = np.array([0, 0, 0, 1.0])  # (n,)


def train(epochs, learning_rate=1.0):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    w, b = np.array([10.0, 10.0]), 10.0  # (d,), ()
    costs = []
    for epoch in range(epochs + 1):
        z = x @ w + b  # (n,)
        costs.append(np.mean(np.logaddexp(0, z) - y * z))
        if epoch < epochs:
            p = 1 / (1 + np.exp(-z))  # (n,)
            dz = (p - y) / len(y)  # (n,)
            dw, db = x.T @ dz, dz.sum()  # (d,), ()
            w = w - learning_rate * dw
            b = b - learning_rate * db
    return w, b, costs
