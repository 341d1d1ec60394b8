"""Transfer in two phases: a head on a frozen base, then the base's last layers, in PyTorch."""

import torch
from torch import nn


class Transfer(nn.Module):
    """A pretrained base whose batch norm stays in inference mode, and a new head."""

    def __init__(self, base, n_features):
        super().__init__()
        self.base, self.head = base, nn.Linear(n_features, 1)
        self.base.requires_grad_(False)

    def forward(self, x):
        """Return one logit for each row."""
        return self.head(self.base(x))[:, 0]  # (n,)

    def train(self, mode=True):
        """Switch the head's mode, and leave the base in evaluation mode."""
        super().train(mode)
        self.base.eval()  # requires_grad_ doesn't stop the running mean and variance
        return self


def unfreeze_last(model, n):
    """Make the last n layers of the base trainable but for batch norm, and no other."""
    model.base.requires_grad_(False)
    for layer in model.base[-n:]:
        layer.requires_grad_(not isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d))


def count_trainable(model):
    """Return how many numbers training would change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def train(model, x, y, epochs, rate):
    """Train in place on all rows at once; return the cross-entropy before each step."""
    x, y = torch.tensor(x), torch.tensor(y)  # (n, ...), (n,)
    free = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.RMSprop(free, lr=rate, alpha=0.9, eps=1e-7)
    losses = []
    model.train()
    for _epoch in range(epochs):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
