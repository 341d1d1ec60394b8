"""A 2-3-1 network learns XOR: PyTorch takes the derivatives."""

import torch
from torch import nn

X = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]).double()  # (n, 2)
Y = torch.tensor([[0], [1], [1], [0]]).double()  # (n, 1)


def train(epochs, learning_rate=3.0, momentum=0.0):
    """Return w1, b1, w2, b2 and the cost at epochs 0, 1, …, epochs."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    with torch.no_grad():  # PyTorch keeps W as in the chapter, units by inputs
        model[0].weight.copy_(torch.tensor([[-0.7, -0.7], [-0.5, 0.7], [0.1, 0.7]], dtype=X.dtype))
        model[2].weight.copy_(torch.tensor([[-0.5, 0.4, 0.9]], dtype=X.dtype))
        model[0].bias.zero_()
        model[2].bias.zero_()
    loss_fn = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=momentum)
    costs = []
    for epoch in range(epochs + 1):
        cost = loss_fn(model(X), Y)
        costs.append(cost.item())
        if epoch < epochs:
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
    w1, b1, w2, b2 = (p.detach().numpy() for p in model.parameters())
    return w1.T, b1, w2.T, b2, costs
