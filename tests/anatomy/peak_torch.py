"""Trains a net for three steps and prints the bytes its memory grew by, and what was foreseen.

Run by a test in a process of its own. What grows is the high-water mark of resident memory over
what was resident after the imports and a step of a tiny net of the same kinds of layers.
"""

import sys
from pathlib import Path

import torch
from torch import nn

from labkit.anatomy import torch_layers, training_memory


def convolutional(width):
    layers = [nn.Conv2d(3, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(2 * width, 2 * width, 3), nn.BatchNorm2d(2 * width), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10))


def dense(width):
    return nn.Sequential(nn.Flatten(), nn.Linear(3072, width), nn.ReLU(), nn.Linear(width, 10))


def train(net, batch_size, name, side):
    make = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD, "momentum": torch.optim.SGD}[name]
    optimizer = make(net.parameters(), lr=0.01, **({"momentum": 0.9} if name == "momentum" else {}))
    x, y = torch.randn(batch_size, 3, side, side), torch.randint(10, (batch_size,))
    for _ in range(3):
        loss = nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def kilobytes(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


kind, width, batch_size, name, side = sys.argv[1], *map(int, sys.argv[2:4]), sys.argv[4], 32
make = {"convolutional": convolutional, "dense": dense}[kind]
table = torch_layers(make(width), (3, side, side))
foreseen = training_memory(table, batch_size=batch_size, optimizer=name)["total"]
train(make(2), 4, name, side)
before = kilobytes("VmRSS")
train(make(width), batch_size, name, side)
print((kilobytes("VmHWM") - before) * 1024, foreseen)
