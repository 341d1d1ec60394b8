"""The net of many topics in NumPy, float64, with RMSprop: both frameworks are held to it."""

import numpy as np

TOPICS = 5


def rows():
    """Return x (60, 30) of zeros and ones, and y (60,) of five topics with a word each."""
    rng = np.random.default_rng(4)
    y = np.arange(60) % TOPICS
    x = (rng.random((60, 30)) < 0.2).astype(np.float32)
    x[np.arange(60), y] = 1  # each topic has a word of its own
    return x, y


def losses_of(arrays, x, y, *, epochs, batch_size, divide, learning_rate=0.001):
    """Return the losses of each epoch; divide(gradient, mean square) is the framework's step."""
    arrays = [np.asarray(a, float) for a in arrays]
    squares, losses = [np.zeros_like(a) for a in arrays], []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch, labels = x[start : start + batch_size], y[start : start + batch_size]
            inputs, hidden = batch.astype(float), []
            for w, b in zip(arrays[:4:2], arrays[1:4:2], strict=True):
                hidden.append(inputs)
                inputs = np.maximum(0, inputs @ w + b)  # (batch, width)
            hidden.append(inputs)
            z = inputs @ arrays[4] + arrays[5]  # (batch, topics)
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            total -= np.log(p[np.arange(len(labels)), labels]).sum()
            dz = (p - np.eye(p.shape[1])[labels]) / len(labels)
            grads = []
            for layer in (2, 1, 0):
                grads = [hidden[layer].T @ dz, dz.sum(axis=0), *grads]
                dz = (dz @ arrays[2 * layer].T) * (hidden[layer] > 0)
            for a, s, g in zip(arrays, squares, grads, strict=True):
                s += 0.1 * (g**2 - s)
                a -= learning_rate * divide(g, s)
        losses.append(total / len(x))
    return losses
