"""The gradient of x⁴y: PyTorch applies the chain rule."""

import torch


def f(p):
    return p[0] ** 4 * p[1]  # (2,) -> ()


def gradient(p):
    p = torch.tensor(p, dtype=torch.float64, requires_grad=True)  # (2,)
    f(p).backward()
    return p.grad.numpy()
