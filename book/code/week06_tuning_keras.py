"""A run that can be killed at any moment and goes on as if nothing had happened, in Keras."""

import os

import keras
import numpy as np
from keras.layers import Dense, Dropout


def network(l2, dropout):
    """Return a compiled net 4-8-3; the penalty is l2 · Σw² of the kernels."""
    penalty = {"kernel_regularizer": keras.regularizers.L2(l2)}
    hidden = [Dense(8, activation="relu", **penalty), Dropout(dropout)]
    net = keras.Sequential([keras.Input((4,)), *hidden, Dense(3, **penalty)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss)
    net.optimizer.build(net.trainable_variables)
    return net


def variables(net):
    """Return weights, random states of the layers, and the optimiser's state."""
    return [*net.variables, *net.optimizer.variables]


def save(path, epoch, net):
    """Write all that the next epoch depends on, under a temporary name first."""
    arrays = {str(k): variable.numpy() for k, variable in enumerate(variables(net))}
    with open(f"{path}.part", "wb") as file:
        np.savez(file, epoch=epoch, **arrays)
    os.replace(f"{path}.part", path)  # the old file or the new one, never half of one


def resume(path, net):
    """Return the epoch to go on with; put the saved state in place, if there is one."""
    if not os.path.exists(path):
        return 0
    with np.load(path, allow_pickle=False) as state:  # numbers, no code
        for k, variable in enumerate(variables(net)):
            variable.assign(state[str(k)])
        return int(state["epoch"])


def train(net, x, y, path, *, epochs, seed=0):
    """Train from the last saved epoch on; the row order depends on seed and epoch alone."""
    for epoch in range(resume(path, net), epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        net.fit(x[order], y[order], batch_size=16, shuffle=False, verbose=0)
        save(path, epoch + 1, net)
