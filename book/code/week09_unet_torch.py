"""A U-Net in PyTorch: channels first, (n, c, h, w), and a class for every pixel."""

from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import max_pool2d


def double(c_in, c_out):
    """Return two 3 × 3 convolutions that keep the size."""
    layers = [nn.Conv2d(c_in, c_out, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(c_out, c_out, 3, padding=1), nn.ReLU())


class UNet(nn.Module):
    """Down by halves, up by doubles, and a skip connection at each size."""

    def __init__(self, c_in, n_classes, widths=(16, 32, 64, 128)):
        super().__init__()
        levels = list(pairwise(widths))[::-1]  # from the narrowest map up
        self.down = nn.ModuleList(double(a, b) for a, b in pairwise((c_in, *widths)))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in levels)
        self.merge = nn.ModuleList(double(2 * a, a) for a, _ in levels)
        self.last = nn.Conv2d(widths[0], n_classes, 1)

    def forward(self, x):
        kept = []
        for block in self.down:
            x = block(max_pool2d(x, 2) if kept else x)
            kept.append(x)
        for up, merge, skip in zip(self.up, self.merge, kept[-2::-1], strict=True):
            x = merge(torch.cat([skip, up(x)], dim=1))  # twice the side, then both maps
        return self.last(x)  # (n, classes, h, w): logits


def train(net, x, y, epochs, batch_size):
    """Train in place on x (n, c, h, w) and class maps y (n, h, w); return the mean losses."""
    x, y = torch.tensor(x), torch.tensor(y)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    losses = []
    for _epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x)).split(batch_size):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])  # mean over all pixels
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return losses


def logits(net, x):
    """Return a logit for each class at each pixel, (n, classes, h, w)."""
    with torch.no_grad():
        return net(torch.tensor(x)).numpy()
