"""The same in PyTorch: same order, matrices transposed, two biases."""

import numpy as np
import torch
from torch import nn


def layer(kind, p):
    """Return an nn.LSTM or nn.GRU with the weights of p."""
    made = kind(len(p["Wx"]), len(p["Wh"]), dtype=torch.float64)
    made.weight_ih_l0.data = torch.tensor(p["Wx"].T.copy())  # (blocks · h, d)
    made.weight_hh_l0.data = torch.tensor(p["Wh"].T.copy())
    made.bias_ih_l0.data = torch.tensor(p["b"])
    made.bias_hh_l0.data = torch.tensor(p.get("bh", np.zeros_like(p["b"])))
    return made


def lstm(x, p):
    """Return h of all steps (t, n, h) of x (t, n, d)."""
    outputs, (_h, _c) = layer(nn.LSTM, p)(torch.tensor(x))  # the state comes back, too
    return outputs.detach().numpy()


def gru(x, p):
    """Return h of all steps (t, n, h) of x (t, n, d)."""
    outputs, _h = layer(nn.GRU, p)(torch.tensor(x))
    return outputs.detach().numpy()
