"""Logistic regression from zero weights: PyTorch takes the derivatives."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits


def train(x, y, epochs, learning_rate):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    x, y = torch.tensor(x).double(), torch.tensor(y).double()  # (n, d), (n,)
    w = torch.zeros(x.shape[1], dtype=torch.float64, requires_grad=True)  # (d,)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)  # ()
    optimizer = torch.optim.SGD([w, b], lr=learning_rate)
    costs = []
    for epoch in range(epochs + 1):
        z = x @ w + b  # (n,)
        cost = binary_cross_entropy_with_logits(z, y)
        costs.append(cost.item())
        if epoch < epochs:
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
    return w.detach().numpy(), b.item(), costs


def predict(w, b, x):
    """Return 0 or 1 for each row: 1 if p > 1/2, that is z > 0."""
    return (torch.tensor(x) @ torch.tensor(w) + b > 0).int().numpy()  # (n,)
