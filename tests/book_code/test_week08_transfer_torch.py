"""The chapter's transfer in PyTorch trains as NumPy does, and freezes what it says."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("transfer_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week08_transfer_torch.py"))


def model():
    layers, top = reference["weights"]()
    base = []
    for w, b, gamma, beta, mean, variance in layers:
        dense, norm = nn.Linear(*w.shape), nn.BatchNorm1d(len(b), eps=reference["EPSILON"])
        pairs = [(dense.weight, w.T), (dense.bias, b), (norm.weight, gamma), (norm.bias, beta)]
        for p, value in [*pairs, (norm.running_mean, mean), (norm.running_var, variance)]:
            p.data.copy_(torch.tensor(value))
        base += [dense, norm, nn.ReLU()]
    made = code["Transfer"](nn.Sequential(*base), 4)
    made.head.weight.data.copy_(torch.tensor(top[0].T))
    made.head.bias.data.zero_()
    return made


def test_both_phases_follow_numpy():
    net, (x, y) = model(), reference["rows"]()
    losses = code["train"](net, x, y, 8, 0.01)
    code["unfreeze_last"](net, 3)
    losses += code["train"](net, x, y, 8, 0.001)
    expected, layers, top = reference["both_phases"](lambda s: np.sqrt(s) + 1e-7)
    np.testing.assert_allclose(losses, expected, rtol=1e-3)
    np.testing.assert_allclose(net.head.weight.detach().numpy().T, top[0], atol=1e-3)
    np.testing.assert_allclose(net.base[3].weight.detach().numpy().T, layers[1][0], atol=1e-3)
    np.testing.assert_allclose(net.base[0].weight.detach().numpy().T, layers[0][0], atol=1e-7)


def test_the_base_s_batch_norm_never_moves():
    net, (x, y) = model(), reference["rows"]()
    before = net.base[1].running_mean.clone(), net.base[4].running_var.clone()
    code["unfreeze_last"](net, 6)
    code["train"](net, x, y, 3, 0.01)
    assert torch.equal(before[0], net.base[1].running_mean)
    assert torch.equal(before[1], net.base[4].running_var)


def test_what_is_trainable_can_be_counted_and_changed_again():
    net = model()
    assert code["count_trainable"](net) == 5
    for n, expected in ((6, 5 + 20 + 24), (3, 5 + 24), (6, 5 + 20 + 24)):
        code["unfreeze_last"](net, n)
        assert code["count_trainable"](net) == expected
