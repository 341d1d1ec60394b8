"""One hidden layer, as in the playground, every derivative written out."""

import numpy as np


def start(k, rng):
    """Return the initial weights of a net with k hidden units."""
    w1 = rng.uniform(-0.5, 0.5, (2, k))
    w2 = rng.uniform(-0.5, 0.5, (k, 1))
    return w1, np.full(k, 0.1), w2, np.full(1, 0.1)


def forward(net, x):
    """Return the hidden outputs a and the outputs y_pred."""
    w1, b1, w2, b2 = net
    a = np.maximum(0, x @ w1 + b1)  # (n, k)
    return a, np.tanh(a @ w2 + b2)  # (n, k), (n, 1)


def gradients(net, x, y):
    """Return the derivatives of the mean loss, in the net's order."""
    a, y_pred = forward(net, x)
    w2 = net[2]  # (k, 1)
    delta = (y_pred - y) * (1 - y_pred**2) / len(x)  # (n, 1)
    delta_m = delta @ w2.T * (a > 0)  # (n, k)
    dw1, db1 = x.T @ delta_m, delta_m.sum(axis=0)
    dw2, db2 = a.T @ delta, delta.sum(axis=0)
    return dw1, db1, dw2, db2


def train(net, x, y, *, epochs, learning_rate=0.03):
    """Change the net in place: batches of 10 in the rows' order."""
    for _ in range(epochs):
        for first in range(0, len(x), 10):
            rows = slice(first, first + 10)
            grads = gradients(net, x[rows], y[rows])
            for array, slope in zip(net, grads, strict=True):
                array -= learning_rate * slope
