"""A recurrent forecast of one number: windows as views, an LSTM, a linear output, in Keras."""

import keras
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows(x, y, length, horizon):
    """Return windows (m, length, d) of x (n, d) as views, and the y horizon rows after each."""
    targets = y[length - 1 + horizon :]  # (m,)
    views = sliding_window_view(x, length, axis=0)  # (n - length + 1, d, length)
    return views.swapaxes(1, 2)[: len(targets)], targets


def network(d, units):
    """Return a net from any number of steps of d values to one number."""
    return keras.Sequential(
        [keras.Input((None, d)), keras.layers.LSTM(units), keras.layers.Dense(1)]
    )


def train(net, x, y, epochs, batch_size, rng):
    """Train in place, copying one batch of windows at a time; return each epoch's mean square."""
    net.compile(keras.optimizers.RMSprop(learning_rate=0.002), loss="mse")
    losses = []
    for _epoch in range(epochs):
        total, order = 0.0, rng.permutation(len(x))
        for rows in np.array_split(order, range(batch_size, len(x), batch_size)):
            loss = net.train_on_batch(x[rows], y[rows, None])  # only these windows are copied
            net.reset_metrics()  # or the next loss is a running mean
            total += float(loss) * len(rows)
        losses.append(total / len(x))
    return losses


def forecast(net, x):
    """Return one number for each window, in the unit of y."""
    return net.predict(np.asarray(x), verbose=0)[:, 0]  # (m,)
