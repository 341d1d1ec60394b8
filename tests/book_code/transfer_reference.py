"""Two dense layers, each with batch norm in inference mode, under a head, in NumPy."""

import numpy as np

EPSILON = 1e-3


def weights(seed=0):
    """Return both layers' (w, b, gamma, beta, mean, variance), and the head's (v, c)."""
    rng = np.random.default_rng(seed)

    def layer(d, k):
        return [rng.normal(0, 0.5, (d, k)), *rng.normal(0, 0.3, (4, k)), rng.uniform(0.5, 2, k)]

    layers, top = [layer(3, 5), layer(5, 4)], [rng.normal(0, 0.5, (4, 1)), np.zeros(1)]
    for one in layers:
        one[2] += 1  # gamma
    return [[w.astype(np.float32) for w in one] for one in layers], top


def rows(n=40, seed=1):
    """Return x (n, 3) and y (n,), float32; the targets depend on the inputs."""
    x = np.random.default_rng(seed).standard_normal((n, 3)).astype(np.float32)
    return x, (x @ np.array([1.0, -2.0, 0.5]) > 0).astype(np.float32)


def layer(x, w, b, gamma, beta, mean, variance):
    """Return the layer's output, (n, k)."""
    normed = (x @ w + b - mean) / np.sqrt(variance + EPSILON)
    return np.maximum(gamma * normed + beta, 0)


def train(x, y, layers, top, epochs, rate, *, tune, root):
    """Train the head, and with tune the second layer's w and b; return the losses."""
    losses, squares = [], {}
    for _ in range(epochs):
        inner = layer(x, *layers[0])
        out = layer(inner, *layers[1])
        z = (out @ top[0] + top[1])[:, 0]
        losses.append(np.mean(np.logaddexp(0, z) - y * z))
        dz = ((1 / (1 + np.exp(-z)) - y) / len(y))[:, None]  # (n, 1)
        free, gradients = [*top], [out.T @ dz, dz.sum(axis=0)]
        if tune:
            w, b, gamma, _, _, variance = layers[1]
            du = dz @ top[0].T * (out > 0)  # (n, 4)
            ds = du * gamma / np.sqrt(variance + EPSILON)
            free += [w, b]
            gradients += [inner.T @ ds, ds.sum(axis=0)]
        for p, g in zip(free, gradients, strict=True):
            squares[id(p)] = 0.9 * squares.get(id(p), 0) + 0.1 * g**2
            p -= rate * g / root(squares[id(p)])
    return losses


def both_phases(root):
    """Return the losses of a head alone, then with the second layer, and the final weights.

    The root is RMSprop's: Keras adds its constant below the root, PyTorch beside it.
    """
    layers, top = weights()
    layers = [[w.astype(float) for w in one] for one in layers]
    x, y = rows()
    losses = train(x, y, layers, top, 8, 0.01, tune=False, root=root)
    losses += train(x, y, layers, top, 8, 0.001, tune=True, root=root)
    return losses, layers, top
