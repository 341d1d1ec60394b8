"""The chapter's network and its two losses in NumPy: what both frameworks are compared with."""

import numpy as np

from labkit.scratch.activations import ReLU
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.losses import SoftmaxCrossEntropy


def rows(n=50, d=6, k=3):
    rng = np.random.default_rng(6)
    return rng.standard_normal((n, d)).astype(np.float32), rng.integers(k, size=n)


def network(w1, b1, w2, b2):
    """Return the scratch network with these weights, w of shape (inputs, outputs)."""
    hidden, out = (Dense(*w.shape, rng=np.random.default_rng(0)) for w in (w1, w2))
    for layer, w, b in ((hidden, w1, b1), (out, w2, b2)):
        layer.params["w"][...], layer.params["b"][...] = w, b
    return Sequential([hidden, Activation(ReLU), out])


def train(net, x, y, *, epochs, batch_size, rate):
    x, printed, at_rest = x.astype(float), [], []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            part = slice(start, start + batch_size)
            logits = net.forward(x[part], training=True)
            total += SoftmaxCrossEntropy.forward(logits, y[part]) * len(x[part])
            net.backward(SoftmaxCrossEntropy.backward(logits, y[part]))
            for name, gradient in net.grads.items():
                net.params[name] -= rate * gradient
        printed.append(total / len(x))
        at_rest.append(SoftmaxCrossEntropy.forward(net.forward(x, training=False), y))
    return printed, at_rest
