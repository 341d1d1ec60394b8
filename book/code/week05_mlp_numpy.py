"""A 2-3-1 network learns XOR: NumPy, the four equations by hand."""

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])  # (n, 2)
Y = np.array([[0], [1], [1], [0.0]])  # (n, 1)


def train(epochs, learning_rate=3.0, momentum=0.0):
    """Return w1, b1, w2, b2 and the cost at epochs 0, 1, …, epochs."""
    w1 = np.array([[-0.7, -0.5, 0.1], [-0.7, 0.7, 0.7]])  # (2, 3): the transpose of W¹
    w2 = np.array([[-0.5], [0.4], [0.9]])  # (3, 1): the transpose of W²
    params = [w1, np.zeros(3), w2, np.zeros(1)]
    velocity = [np.zeros_like(p) for p in params]
    costs = []
    for epoch in range(epochs + 1):
        w1, b1, w2, b2 = params
        A1 = np.tanh(X @ w1 + b1)  # (n, 3)
        Z2 = A1 @ w2 + b2  # (n, 1)
        costs.append(np.mean(np.logaddexp(0, Z2) - Y * Z2))
        if epoch < epochs:
            D2 = (1 / (1 + np.exp(-Z2)) - Y) / len(Y)  # (n, 1)  eq-bp-delta-out; 1/n, once
            D1 = D2 @ w2.T * (1 - A1**2)  # (n, 3)               eq-bp-delta
            grads = [X.T @ D1, D1.sum(axis=0), A1.T @ D2, D2.sum(axis=0)]  # eq-bp-dw, eq-bp-db
            velocity = [momentum * v + g for v, g in zip(velocity, grads, strict=True)]
            params = [p - learning_rate * v for p, v in zip(params, velocity, strict=True)]
    return *params, costs
