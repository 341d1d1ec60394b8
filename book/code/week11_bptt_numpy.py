"""A recurrent network over a few steps and its gradients, in the letters of the chapter."""

import numpy as np


def forward(x, h0, w):
    """Return the states h_0 … h_T and the probabilities p_1 … p_T of one row of one-hot inputs."""
    w_hx, w_hh, b_h, w_qh, b_q = w
    h, p = [h0], []
    for x_t in x:
        h.append(np.tanh(w_hx @ x_t + w_hh @ h[-1] + b_h))
        z = w_qh @ h[-1] + b_q
        e = np.exp(z - z.max())  # no overflow
        p.append(e / e.sum())
    return h, p


def loss(x, y, h0, w):
    """Return the mean cross-entropy over the steps; y is one-hot."""
    _, p = forward(x, h0, w)
    return -np.mean([np.log(p_t @ y_t) for p_t, y_t in zip(p, y, strict=True)])


def backward(x, y, h0, w):
    """Return the gradients of the loss, in the order of w: the sums over the copies."""
    _, w_hh, _, w_qh, _ = w
    h, p = forward(x, h0, w)
    dw, after = [np.zeros_like(part) for part in w], np.zeros_like(h0)
    for t in range(len(x), 0, -1):
        error = (p[t - 1] - y[t - 1]) / len(x)  # prediction minus target
        delta = (w_qh.T @ error + w_hh.T @ after) * (1 - h[t] ** 2)
        step = (np.outer(delta, x[t - 1]), np.outer(delta, h[t - 1]), delta)
        for total, part in zip(dw, (*step, np.outer(error, h[t]), error), strict=True):
            total += part
        after = delta
    return dw
