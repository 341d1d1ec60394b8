"""A U-Net in NumPy, forward only: what both frameworks are compared with."""

from itertools import pairwise

import numpy as np

WIDTHS = (4, 6, 8)


def pictures(n=3, side=16):
    rng = np.random.default_rng(9)
    x = rng.normal(size=(n, 3, side, side)).astype(np.float32)
    return x, rng.integers(3, size=(n, side, side))


def parameters(widths=WIDTHS, c_in=3, n_classes=3):
    """Weights and biases in the order of the layers: down, then up and merge, then the last.

    A convolution's weights are (out, in, k, k), a transposed one's (in, out, k, k).
    """
    shapes, rng = [], np.random.default_rng(1)
    for a, b in pairwise((c_in, *widths)):
        shapes += [(b, a, 3, 3, b), (b, b, 3, 3, b)]
    for a, b in list(pairwise(widths))[::-1]:
        shapes += [(b, a, 2, 2, a), (a, 2 * a, 3, 3, a), (a, a, 3, 3, a)]
    shapes.append((n_classes, widths[0], 1, 1, n_classes))
    return [(rng.normal(0, 0.3, s[:4]), rng.normal(0, 0.3, s[4])) for s in shapes]


def convolution(x, w, b):
    p = w.shape[-1] // 2
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    seen = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncijab,kcab->nkij", seen, w) + b[:, None, None]


def forward(x, pairs):
    pairs, kept = list(pairs), []
    for level in range(len(WIDTHS)):
        if level:
            n, c, h, w = x.shape
            x = x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))
        for _ in range(2):
            x = np.maximum(convolution(x, *pairs.pop(0)), 0)
        kept.append(x)
    for skip in kept[-2::-1]:
        w, b = pairs.pop(0)
        wide = np.einsum("ncij,ckab->nkiajb", x, w)  # each input writes its own 2 × 2 pixels
        x = wide.reshape(*wide.shape[:2], *skip.shape[2:]) + b[:, None, None]
        x = np.concatenate([skip, x], axis=1)
        for _ in range(2):
            x = np.maximum(convolution(x, *pairs.pop(0)), 0)
    return convolution(x, *pairs.pop(0))
