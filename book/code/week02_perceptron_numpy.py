"""A perceptron: it learns, answers, is saved and loaded."""

import numpy as np


def train(x, y, *, epochs, learning_rate=0.5):
    """Return w, b and the mistakes of each epoch; stop when there are none."""
    w, b = np.zeros(x.shape[1]), 0.0  # (d,), ()
    mistakes = []
    while len(mistakes) < epochs and 0 not in mistakes:
        mistakes.append(0)
        for x_i, y_i in zip(x, y, strict=True):  # (d,), ()
            answer = int(x_i @ w + b >= 0)  # step(0) = 1
            if answer != y_i:
                w = w + learning_rate * (y_i - answer) * x_i
                b = b + learning_rate * (y_i - answer)
                mistakes[-1] += 1
    return w, b, mistakes


def predict(points, w, b):
    """Return the answers for any number of rows."""
    return (points @ w + b >= 0).astype(int)  # (m, d) -> (m,)


def save(path, w, b):
    """Write the weights as plain arrays."""
    np.savez(path, w=w, b=b)


def load(path):
    """Read the weights, and refuse anything but plain arrays."""
    with np.load(path, allow_pickle=False) as model:
        return model["w"], float(model["b"])
