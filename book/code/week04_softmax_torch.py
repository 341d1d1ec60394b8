"""A decoder from two bits to four classes: PyTorch takes the derivatives."""

import torch
from torch.nn.functional import cross_entropy

x = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double()  # (n, d)
labels = torch.tensor([0, 1, 2, 3])  # (n,), integers


def train(epochs, learning_rate=1.0):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    w = torch.full((2, 4), 0.5, dtype=torch.float64).requires_grad_()  # (d, k)
    b = torch.full((4,), 0.6, dtype=torch.float64).requires_grad_()  # (k,)
    optimizer = torch.optim.SGD([w, b], lr=learning_rate)
    costs = []
    for epoch in range(epochs + 1):
        z = x @ w + b  # (n, k)
        cost = cross_entropy(z, labels)  # takes logits
        costs.append(cost.item())
        if epoch < epochs:
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
    return w.detach().numpy(), b.detach().numpy(), costs
