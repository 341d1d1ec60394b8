"""A 2-3-1 network learns XOR: NumPy, the four equations by hand."""

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])  # (n, 2)
Y = np.array([[0], [1], [1], [0.0]])  # (n, 1)


def train(epochs, learning_rate=3.0, momentum=0.0):
    """Return w1, b1, w2, b2 and the cost at epochs 0, 1, …, epochs."""
    w1 = np.array([[-0.7, -0.5, 0.1], [-0.7, 0.7, 0.7]])  # (2, 3)
    w2 = np.array([[-0.5], [0.4], [0.9]])  # (3, 1)
    params = [w1, np.zeros(3), w2, np.zeros(1)]
    velocity = [np.zeros_like(p) for p in params]
    costs = []
    for epoch in range(epochs + 1):
        w1, b1, w2, b2 = params
        A1 = np.tanh(X @ w1 + b1)  # (n, 3)
        Z2 = A1 @ w2 + b2  # (n, 1)
        costs.append(np.mean(np.logaddexp(0, Z2) - Y * Z2))
        if epoch < epochs:
            p = 1 / (1 + np.exp(-Z2))  # (n, 1)
            D2 = (p - Y) / len(Y)  # eq-bp-delta-out, and 1/n, once
            D1 = D2 @ w2.T * (1 - A1**2)  # (n, 3), eq-bp-delta
            dw1, db1 = X.T @ D1, D1.sum(axis=0)  # eq-bp-dw, eq-bp-db
            dw2, db2 = A1.T @ D2, D2.sum(axis=0)
            for k, grad in enumerate((dw1, db1, dw2, db2)):
                velocity[k] = momentum * velocity[k] + grad
                params[k] = params[k] - learning_rate * velocity[k]
    return *params, costs
