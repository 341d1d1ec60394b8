"""LeNet for colour photos in PyTorch: channels first, (n, 3, 32, 32)."""

import torch
from torch import nn


def lenet():
    """Return the net: 62,006 parameters, ten logits."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 5),
        nn.Tanh(),  # (6, 28, 28)
        nn.AvgPool2d(2),  # (6, 14, 14)
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),  # (16, 10, 10)
        nn.AvgPool2d(2),  # (16, 5, 5)
        nn.Flatten(),  # (400,): for each channel its 25 places
        nn.Linear(400, 120),
        nn.Tanh(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


def train(net, x, y, epochs, batch_size):
    """Train in place on photos x and labels y (n,); return the mean loss of each epoch."""
    x, y = torch.tensor(x), torch.tensor(y)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    losses = []
    for _epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x)).split(batch_size):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)  # a mean over examples, not over batches
        losses.append(total / len(x))
    return losses


def logits(net, x):
    """Return ten logits for each photo."""
    with torch.no_grad():
        return net(torch.tensor(x)).numpy()  # (n, 10)
