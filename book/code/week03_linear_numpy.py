"""A line by gradient descent, and by its formula."""

import numpy as np


def descend(x, y, steps, learning_rate):
    """Return m, c and the error after 0, 1, …, steps steps."""
    m = c = 0.0
    errors = []
    for step in range(steps + 1):
        e = y - m * x - c  # (n,), truth minus prediction
        errors.append(np.mean(e**2))
        if step < steps:
            dm, dc = -2 * np.mean(e * x), -2 * np.mean(e)
            m, c = m - learning_rate * dm, c - learning_rate * dc
    return m, c, errors


def least_squares(x, y):
    """Return the slope and intercept with the smallest error."""
    u, v = x - x.mean(), y - y.mean()  # (n,), (n,)
    m = np.sum(u * v) / np.sum(u**2)
    return m, y.mean() - m * x.mean()
