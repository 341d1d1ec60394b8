"""The chapter's net with batch norm in NumPy, for the twins to be compared with."""

import numpy as np

from labkit.scratch.activations import ReLU
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.losses import SoftmaxCrossEntropy
from labkit.scratch.norm import KERAS, BatchNorm
from labkit.scratch.optim import SGD


def rows(n=64, d=4, k=3):
    """Return x (n, d) float32 and labels (n,) int64 that a plane can nearly tell apart."""
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(d, k)), rng.normal(2, 3, (n, d)).astype(np.float32)
    return x, (x @ w).argmax(axis=1)


def network(w, w_out, b_out, *, unbiased=False):
    """Return a net with the given weights; its bias before batch norm stays where it is, at 0."""
    first = Dense(*w.shape, rng=None, init=lambda shape, rng: w)
    last = Dense(*w_out.shape, rng=None, init=lambda shape, rng: w_out)
    last.params["b"][:] = b_out
    norm = BatchNorm(w.shape[1], **{**KERAS, "unbiased": unbiased})
    return Sequential([first, norm, Activation(ReLU), last])


def train(net, x, y, val, epochs):
    """Train on all rows a step; return the validation loss after each epoch."""
    optimizer, losses = SGD(0.1), []
    for _epoch in range(epochs):
        net.backward(SoftmaxCrossEntropy.backward(net.forward(x, training=True), y))
        optimizer.step(net.params, net.grads)
        losses.append(SoftmaxCrossEntropy.forward(net.forward(val[0]), val[1]))
    return losses
