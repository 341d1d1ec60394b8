"""An LSTM with a linear output in NumPy, forward only, and a series to forecast."""

import numpy as np


def rows():
    """Return a table (200, 2) and its second column, a noisy wave: float32."""
    t = np.arange(200)
    noise = np.random.default_rng(0).standard_normal((200, 2)) / 10
    x = np.column_stack([np.cos(t / 4), np.sin(t / 4)]) + noise
    return x.astype(np.float32), x[:, 1].astype(np.float32)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(weights, x):
    """Return (m,) for windows (m, t, d); weights as Keras orders them: gates i, f, g, o."""
    kernel, recurrent, bias, out, out_bias = (np.asarray(w, np.float64) for w in weights)
    h = c = np.zeros((len(x), len(recurrent)))
    for step in np.asarray(x, np.float64).swapaxes(0, 1):  # (m, d)
        i, f, g, o = np.split(step @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return (h @ out + out_bias)[:, 0]
