"""One network written in three ways, and its training loss measured in two, in Keras."""

import keras
from keras import layers


def sequential(d, units, k):
    """Return the network as a list of layers, each fed by the one before."""
    hidden, out = layers.Dense(units, activation="relu"), layers.Dense(k, activation="softmax")
    return keras.Sequential([keras.Input((d,)), hidden, out])


def functional(d, units, k):
    """Return the network as a graph: tensors may branch, skip and meet again."""
    inputs = keras.Input((d,))
    h = layers.Dense(units, activation="relu")(inputs)  # (n, units)
    return keras.Model(inputs, layers.Dense(k, activation="softmax")(h))  # (n, k)


class Subclassed(keras.Model):
    """The network as a class: the way through it is Python, with loops and conditions."""

    def __init__(self, d, units, k):
        super().__init__()
        self.hidden = layers.Dense(units, activation="relu")
        self.out = layers.Dense(k, activation="softmax")
        self.hidden.build((None, d))  # else the weights are made by the first call
        self.out.build((None, units))

    def call(self, x):
        """Return probabilities (n, k) for x (n, d)."""
        return self.out(self.hidden(x))


def train(net, x, y, *, epochs, batch_size, rate):
    """Train in place; return the loss as printed, and with the weights at rest, by epoch."""
    net.compile(keras.optimizers.SGD(rate), loss="sparse_categorical_crossentropy")
    printed, at_rest = [], []
    for _epoch in range(epochs):
        history = net.fit(x, y, batch_size=batch_size, shuffle=False, verbose=0)
        printed.append(history.history["loss"][0])  # averaged while the weights moved
        at_rest.append(net.evaluate(x, y, verbose=0))  # every row by the same weights
    return printed, at_rest
