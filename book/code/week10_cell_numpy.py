"""One LSTM and one GRU layer in NumPy; x is time first, (t, n, d)."""

import numpy as np


def sigma(z):
    """Return the sigmoid."""
    return 0.5 + 0.5 * np.tanh(z / 2)


def lstm(x, p):
    """Return h of all steps (t, n, h); the blocks are i f g o.

    p holds Wx (d, 4h), Wh (h, 4h) and b (4h,).
    """
    h = c = np.zeros((x.shape[1], len(p["Wh"])))
    outputs = []
    for x_t in x:
        sums = x_t @ p["Wx"] + h @ p["Wh"] + p["b"]  # (n, 4h)
        i, f, g, o = np.split(sums, 4, axis=1)
        c = sigma(f) * c + sigma(i) * np.tanh(g)
        h = sigma(o) * np.tanh(c)
        outputs.append(h)
    return np.array(outputs)


def gru(x, p):
    """Return h of all steps (t, n, h); the blocks are r z n.

    p holds Wx (d, 3h), Wh (h, 3h), b (3h,) and bh (3h,).
    """
    h = np.zeros((x.shape[1], len(p["Wh"])))
    outputs = []
    for x_t in x:
        from_x = np.split(x_t @ p["Wx"] + p["b"], 3, axis=1)  # r, z, n
        from_h = np.split(h @ p["Wh"] + p["bh"], 3, axis=1)
        r, z = sigma(from_x[0] + from_h[0]), sigma(from_x[1] + from_h[1])
        n = np.tanh(from_x[2] + r * from_h[2])  # reset after the product
        h = (1 - z) * n + z * h
        outputs.append(h)
    return np.array(outputs)
