"""Adam with a warm-up and a cosine, in NumPy."""

import numpy as np


def rate(t, peak, warmup, total):
    """Return the rate after t steps: a rise, then half a cosine."""
    if t < warmup:
        return peak * t / warmup
    return peak * (1 + np.cos(np.pi * (t - warmup) / (total - warmup))) / 2


def descend(gradient, w, peak, warmup, total):
    """Return the parameters after `total` steps from w (d,)."""
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8
    m, s = np.zeros_like(w), np.zeros_like(w)  # (d,), (d,)
    for t in range(total):
        g = gradient(w)
        m = beta1 * m + (1 - beta1) * g
        s = beta2 * s + (1 - beta2) * g**2
        m_hat = m / (1 - beta1 ** (t + 1))  # step number t + 1
        s_hat = s / (1 - beta2 ** (t + 1))
        direction = m_hat / (np.sqrt(s_hat) + epsilon)
        w = w - rate(t, peak, warmup, total) * direction
    return w
