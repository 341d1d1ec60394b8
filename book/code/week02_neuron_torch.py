"""A logistic neuron learns AND: PyTorch takes the derivatives."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

x = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double()  # (n, d)
y = torch.tensor([0, 0, 0, 1]).double()  # (n,)


def train(epochs, learning_rate=1.0):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    w = torch.tensor([10.0, 10.0]).double().requires_grad_()  # (d,)
    b = torch.tensor(10.0).double().requires_grad_()  # ()
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
