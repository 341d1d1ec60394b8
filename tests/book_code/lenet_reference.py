"""LeNet from labkit.scratch: what both frameworks are compared with."""

import numpy as np

from labkit.scratch.activations import Tanh
from labkit.scratch.conv import AvgPool2D, Conv2D, Flatten
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.losses import SoftmaxCrossEntropy


def photos(n=6):
    rng = np.random.default_rng(8)
    return rng.random((n, 3, 32, 32)).astype(np.float32), rng.integers(10, size=n)


def lenet(convolutions, dense):
    """Return the net with these (w, b): w (n_out, n_in, k, k), then w (d, k)."""
    layers = []
    for w, b in convolutions:
        layer = Conv2D(w.shape[1], w.shape[0], w.shape[2], rng=None, init="zeros")
        layer.params["w"][...], layer.params["b"][...] = w, b
        layers += [layer, Activation(Tanh), AvgPool2D(2)]
    layers.append(Flatten())
    for w, b in dense:
        layer = Dense(*w.shape, rng=None, init="zeros")
        layer.params["w"][...], layer.params["b"][...] = w, b
        layers += [layer, Activation(Tanh)]
    return Sequential(layers[:-1])


def train(net, x, y, epochs, rate=0.001):
    """Full-batch Adam, as its authors wrote it."""
    m, v = ({name: np.zeros_like(p) for name, p in net.params.items()} for _ in "mv")
    losses = []
    for t in range(1, epochs + 1):
        z = net.forward(x.astype(float), training=True)
        losses.append(SoftmaxCrossEntropy.forward(z, y))
        net.backward(SoftmaxCrossEntropy.backward(z, y))
        for name, g in net.grads.items():
            m[name] = 0.9 * m[name] + 0.1 * g
            v[name] = 0.999 * v[name] + 0.001 * g**2
            step = m[name] / (1 - 0.9**t) / (np.sqrt(v[name] / (1 - 0.999**t)) + 1e-8)
            net.params[name] -= rate * step
    return losses
