"""The chapter's regression network in NumPy: what both frameworks are compared with."""

import numpy as np

from labkit.scratch.activations import ELU
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.losses import MSE


def rows(n=24, d=3):
    rng = np.random.default_rng(5)
    x = rng.standard_normal((n, d)).astype(np.float32)
    return x, (20 + 3 * x[:, 0] - x[:, 1] * x[:, 2]).astype(np.float32)


def network(weights):
    """Return the scratch network with these (w, b), each w (d, k)."""
    layers = []
    for w, b in weights:
        layer = Dense(*w.shape, rng=np.random.default_rng(0))
        layer.params["w"][...], layer.params["b"][...] = w, b
        layers += [layer, Activation(ELU)]
    return Sequential(layers[:-1])


def train(net, x, y, epochs, rate=0.001, rho=0.9):
    """Full-batch RMSprop: each step is divided by the root of a running mean of squares."""
    mean_square = {name: np.zeros_like(value) for name, value in net.params.items()}
    losses = []
    for _ in range(epochs):
        y_pred = net.forward(x.astype(float), training=True)  # (n, 1)
        losses.append(MSE.forward(y_pred, y[:, None].astype(float)))
        net.backward(MSE.backward(y_pred, y[:, None].astype(float)))
        for name, gradient in net.grads.items():
            mean_square[name] = rho * mean_square[name] + (1 - rho) * gradient**2
            net.params[name] -= rate * gradient / (np.sqrt(mean_square[name]) + 1e-7)
    return losses
