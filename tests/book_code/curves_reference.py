"""The chapter's formulas in NumPy: what both frameworks are compared with."""

import numpy as np

RHO, EPSILON = 0.9, 1e-7


def rows(n=40, d=6, k=3):
    """Rows ≥ 0 like pixels; the first column is tiny, the last one always 0."""
    rng = np.random.default_rng(6)
    x = rng.random((n, d)) * [1e-3, 1, 1, 1, 1, 0]
    return x.astype(np.float32), rng.integers(0, k, n)


def looks(weights, x, y):
    """Return loss, first-layer gradient (d, units) and share of living units, float64."""
    w1, b1, w2, b2 = (np.asarray(part, np.float64) for part in weights)
    h = np.maximum(x @ w1 + b1, 0)  # (n, units)
    z = h @ w2 + b2  # (n, k)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    delta = (np.exp(log_p) - np.eye(z.shape[1])[y]) / len(y)
    gradient = x.T.astype(np.float64) @ (delta @ w2.T * (h > 0))
    return -log_p[np.arange(len(y)), y].mean(), gradient, (h > 0).any(axis=0).mean()


def step_inside(g, rate):
    """ε under the root, as Keras has it; equation eq-curves-rmsprop with s = 0."""
    return rate * np.abs(g) / np.sqrt((1 - RHO) * g**2 + EPSILON)


def step_beside(g, rate):
    """ε beside the root, as PyTorch has it."""
    return rate * np.abs(g) / (np.sqrt((1 - RHO) * g**2) + EPSILON)
