"""A convolution in one dimension, forward and backward, index by index."""

import numpy as np


def forward(x, w):
    """Return y (m,), y[i] = Σ_a w[a] x[i + a], of x (n,) and w (k,)."""
    m = len(x) - len(w) + 1
    return np.array([w @ x[i : i + len(w)] for i in range(m)])


def backward(x, w, g):
    """Return dx and dw from g = dC/dy (m,)."""
    k, m = len(w), len(g)
    dw = np.array([g @ x[a : a + m] for a in range(k)])  # (k,)
    padded = np.pad(g, k - 1)  # zeros where no output is
    dx = np.array([w[::-1] @ padded[j : j + k] for j in range(len(x))])  # (n,)
    return dx, dw
