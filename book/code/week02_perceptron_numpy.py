"""Perceptron: NumPy."""

import numpy as np


def mean(x):
    """Return the mean of numbers (n,)."""
    return np.sum(x) / len(x)  # (n,) -> ()
