"""A recurrent forecast of one number: windows as views, an LSTM, a linear output, in PyTorch."""

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from torch import nn


def windows(x, y, length, horizon):
    """Return windows (m, length, d) of x (n, d) as views, and the y horizon rows after each."""
    targets = y[length - 1 + horizon :]  # (m,)
    views = sliding_window_view(x, length, axis=0)  # (n - length + 1, d, length)
    return views.swapaxes(1, 2)[: len(targets)], targets


class Network(nn.Module):
    """A net from any number of steps of d values to one number."""

    def __init__(self, d, units):
        super().__init__()
        self.lstm = nn.LSTM(d, units, batch_first=True)
        self.out = nn.Linear(units, 1)
        with torch.no_grad():  # as Keras: the forget gate starts open, and one bias is enough
            self.lstm.bias_hh_l0.zero_()
            self.lstm.bias_ih_l0.zero_()[units : 2 * units] = 1

    def forward(self, x):
        """Return (m, 1) from the state after the last step of x (m, length, d)."""
        states, _ = self.lstm(x)  # (m, length, units)
        return self.out(states[:, -1])


def train(net, x, y, epochs, batch_size, rng):
    """Train in place, copying one batch of windows at a time; return each epoch's mean square."""
    # Keras's defaults: PyTorch's own are lr 0.01, alpha 0.99 and eps 1e-8.
    optimizer = torch.optim.RMSprop(net.parameters(), lr=0.002, alpha=0.9, eps=1e-7)
    losses = []
    for _epoch in range(epochs):
        total, order = 0.0, rng.permutation(len(x))
        for rows in np.array_split(order, range(batch_size, len(x), batch_size)):
            batch, target = torch.tensor(x[rows]), torch.tensor(y[rows, None])
            loss = nn.functional.mse_loss(net(batch), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / len(x))
    return losses


def forecast(net, x):
    """Return one number for each window, in the unit of y."""
    with torch.no_grad():
        return net(torch.tensor(np.asarray(x)))[:, 0].numpy()  # (m,)
