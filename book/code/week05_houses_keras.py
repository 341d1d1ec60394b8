"""A regression network: three hidden layers of ELU units, squared error, RMSprop, in Keras."""

import keras


def network(d, units=64):
    """Return a net from d inputs to one number; no activation at the end, so any number."""
    hidden = [keras.layers.Dense(units, activation="elu") for _ in range(3)]
    return keras.Sequential([keras.Input((d,)), *hidden, keras.layers.Dense(1)])


def train(net, x, y, epochs, batch_size):
    """Train in place on x (n, d) and y (n,); return the mean squared error of each epoch."""
    net.compile(keras.optimizers.RMSprop(learning_rate=0.001), loss="mse")
    y = y.reshape(-1, 1)  # (n, 1), the shape of the net's output
    history = net.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
    return history.history["loss"]


def predict(net, x):
    """Return one number for each row, in the unit of y."""
    return net.predict(x, verbose=0)[:, 0]  # (n,)
