"""A first deep net reads film reviews: PyTorch."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy


def build(n_words=10_000):
    """Two hidden layers of 16 units; 160,305 parameters for 10,000 words."""
    model = nn.Sequential(
        *(nn.Linear(n_words, 16), nn.ReLU()),
        *(nn.Linear(16, 16), nn.ReLU()),
        *(nn.Linear(16, 1), nn.Sigmoid()),
    )
    for layer in model[::2]:  # start as Keras does
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return model


def train(model, x, y, epochs, batch_size=512, shuffle=True):
    """Return the mean loss of each epoch on x (n, n_words), y (n,)."""
    x, y = torch.as_tensor(x), torch.as_tensor(y, dtype=torch.float32)
    options = {"lr": 1e-3, "alpha": 0.9, "eps": 1e-7}
    optimizer = torch.optim.RMSprop(model.parameters(), **options)
    pick = torch.randperm if shuffle else torch.arange
    losses = []
    for _ in range(epochs):
        order, total = pick(len(x)), 0.0
        for rows in order.split(batch_size):
            loss = binary_cross_entropy(model(x[rows])[:, 0], y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return losses


def proba(model, x):
    """Return the probability of class 1 for each row: (n,)."""
    with torch.no_grad():
        return model(torch.as_tensor(x))[:, 0].numpy()
