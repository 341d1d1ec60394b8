"""The film review net in NumPy, float64, with RMSprop: what both frameworks are compared with."""

from itertools import pairwise

import numpy as np

from labkit.data.starter import load_starter
from labkit.data.text import multi_hot

WORDS, ROWS = 500, 200


def rows():
    """Return x (200, 500) and y (200,) of the bundled sample."""
    train = load_starter("imdb").train.take(slice(ROWS))
    return multi_hot(train.x, WORDS), train.y


def start():
    """Return weights and biases, (inputs, units) and (units,), layer by layer."""
    rng, widths = np.random.default_rng(0), (WORDS, 16, 16, 1)
    return [
        part
        for d, k in pairwise(widths)
        for part in (rng.normal(0, 0.1, (d, k)), rng.normal(0, 0.1, k))
    ]


def forward(params, x):
    """Return the inputs of each layer and the probabilities (n, 1)."""
    w1, b1, w2, b2, w3, b3 = params
    a1 = np.maximum(0, x @ w1 + b1)
    a2 = np.maximum(0, a1 @ w2 + b2)
    return (x, a1, a2), 1 / (1 + np.exp(-(a2 @ w3 + b3)))


def gradients(params, x, y):
    """Return the gradient of the mean cross-entropy, in the order of the parameters."""
    inputs, p = forward(params, x)
    delta, grads = (p - y[:, None]) / len(y), []
    for a, w in zip(inputs[::-1], params[4::-2], strict=True):
        grads = [a.T @ delta, delta.sum(axis=0), *grads]
        delta = delta @ w.T * (a > 0)
    return grads


def train(x, y, *, epochs, batch_size, eps_inside):
    """Train in the order of the rows; return the parameters and the mean loss of each epoch.

    Keras divides by √(v + ε), PyTorch by √v + ε.
    """
    params = start()
    squares, losses = [np.zeros_like(part) for part in params], []
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(x), batch_size):
            a, b = x[first : first + batch_size], y[first : first + batch_size]
            p = forward(params, a)[1][:, 0]
            total -= np.log(np.where(b == 1, p, 1 - p)).sum()
            for part, v, g in zip(params, squares, gradients(params, a, b), strict=True):
                v += 0.1 * (g**2 - v)
                part -= 1e-3 * g / (np.sqrt(v + 1e-7) if eps_inside else np.sqrt(v) + 1e-7)
        losses.append(total / len(x))
    return params, losses
