"""Three looks at a new net: loss, one step, living units. In Keras."""

import keras
import numpy as np


def network(d, units, k):
    """Return a net from d inputs to k logits, one hidden layer of ReLU units."""
    hidden = keras.layers.Dense(units, activation="relu")
    return keras.Sequential([keras.Input((d,)), hidden, keras.layers.Dense(k)])


def cross_entropy(net, x, y):
    """Return the mean loss on x (n, d), y (n,): near ln k for a new net."""
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return float(loss_fn(y, net(x)))


def first_step(net, x, y, rate):
    """Take one step of RMSprop; return how far each first weight moved."""
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # rho 0.9; epsilon 1e-7 stands under the root: g / sqrt(0.1 g² + 1e-7)
    net.compile(keras.optimizers.RMSprop(learning_rate=rate), loss=loss_fn)
    before = net.layers[0].kernel.numpy()  # (d, units)
    net.train_on_batch(x, y)
    return np.abs(net.layers[0].kernel.numpy() - before)


def alive(net, x):
    """Return the share of hidden units that are on for some row."""
    return float(np.mean(np.any(net.layers[0](x).numpy() > 0, axis=0)))
