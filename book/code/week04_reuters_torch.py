"""A net with one output a topic: PyTorch, integer labels; the loss takes logits."""

import torch
from torch import nn


def build(n_words, n_topics, width):
    """Return a net that gives each topic a logit."""
    layers = [nn.Linear(n_words, 64), nn.ReLU(), nn.Linear(64, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, n_topics))


def train(model, x, y, *, epochs, batch_size, learning_rate=0.001):
    """Return the loss of each epoch. x (n, n_words) float32, y (n,) integers."""
    x, y = torch.as_tensor(x), torch.as_tensor(y)
    loss_fn = nn.CrossEntropyLoss()  # softmax and loss in one, on logits
    optimizer = torch.optim.RMSprop(model.parameters(), learning_rate, alpha=0.9, eps=1e-7)
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.arange(len(x)).split(batch_size):
            loss = loss_fn(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return losses


def proba(model, x):
    """Return probabilities (n, n_topics)."""
    with torch.no_grad():
        return torch.softmax(model(torch.as_tensor(x)), dim=1).numpy()
