"""The small residual net in NumPy: what both frameworks are compared with."""

import numpy as np

from labkit.scratch.conv import Conv2D


def pictures(n=6):
    return np.random.default_rng(9).random((n, 1, 28, 28)).astype(np.float32)


def convolve(x, w, b, stride):
    layer = Conv2D(*w.shape[1::-1], w.shape[2], rng=None, init="zeros", stride=stride)
    layer.params["w"][...], layer.params["b"][...] = w, b
    p = w.shape[2] // 2
    return layer.forward(np.pad(x.astype(float), ((0, 0), (0, 0), (p, p), (p, p))))


def normed(x, running, *, training, unbiased):
    """Batch norm with scale 1 and shift 0; training moves the running mean and variance."""
    mean, variance = running
    if training:
        n = x.size / x.shape[1]
        mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        correction = n / (n - 1) if unbiased else 1
        running[0] = 0.9 * running[0] + 0.1 * mean
        running[1] = 0.9 * running[1] + 0.1 * variance * correction
    return (x - mean[:, None, None]) / np.sqrt(variance[:, None, None] + 1e-5)


class Net:
    """Weights are pairs (w, b) in order: stem, two a block, the 1 × 1 of the second; then dense.

    PyTorch's running variance is that with n − 1, Keras's that with n.
    """

    def __init__(self, convolutions, dense, *, unbiased):
        self.convolutions, self.dense, self.unbiased = convolutions, dense, unbiased
        self.running = [[np.zeros(c), np.ones(c)] for c in (16, 16, 32, 32)]

    def logits(self, x, *, training):
        how = {"training": training, "unbiased": self.unbiased}
        stem, *pairs, thin = self.convolutions
        x = convolve(x, *stem, 2)
        for block, stride in ((0, 1), (1, 2)):
            first, second = pairs[2 * block : 2 * block + 2]
            y = normed(convolve(x, *first, stride), self.running[2 * block], **how)
            y = normed(convolve(np.maximum(y, 0), *second, 1), self.running[2 * block + 1], **how)
            x = np.maximum((convolve(x, *thin, 2) if block else x) + y, 0)
        w, b = self.dense
        return x.mean(axis=(2, 3)) @ w + b
