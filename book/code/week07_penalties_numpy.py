"""Penalties, max-norm, dropout and AdamW on arrays: what the frameworks' options do."""

import numpy as np


def l1_l2(w, a, b):
    """Return a Σ|w| + b Σ w² and its gradient, like w; at w = 0 L1's is taken as 0."""
    value = a * np.abs(w).sum() + b * (w**2).sum()
    return value, a * np.sign(w) + 2 * b * w


def max_norm(w, c):
    """Return w (d, k) with the weights into each of k units shortened to length c."""
    length = np.sqrt((w**2).sum(axis=0, keepdims=True))  # (1, k)
    return w * np.minimum(1, c / np.maximum(length, 1e-12))


def dropout(h, p, rng):
    """Return h with each entry silenced with probability p, the others divided by 1 − p."""
    return h * (rng.random(h.shape) >= p) / (1 - p)


def adamw(w, gradients, rate, decay, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Return w after a step of AdamW for each of the gradients."""
    m = s = 0.0
    for t, g in enumerate(gradients, start=1):
        m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
        m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
        w = w - rate * (m_hat / (np.sqrt(s_hat) + epsilon) + decay * w)
    return w
