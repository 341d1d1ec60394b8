"""The chapter's character model in PyTorch is the one in NumPy, to single precision."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("language_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week11_lm_torch.py"))
K, UNITS = reference["K"], reference["UNITS"]


def in_double(net):
    cells = net.cells
    parts = (cells.weight_ih_l0, cells.weight_hh_l0, cells.bias_ih_l0, *net.out.parameters())
    return [part.detach().numpy().astype(float) for part in parts]


def test_pytorch_follows_numpy_for_an_epoch_of_carried_states():
    torch.manual_seed(1)
    net = code["CharacterModel"](K, UNITS)
    net.out.weight.data *= 8  # so that gradients are long enough to be clipped
    twin, batches = in_double(net), reference["minibatches"]()
    sgd = torch.optim.SGD(net.parameters(), lr=1.0)
    losses = code["train_epoch"](net, sgd, [tuple(map(torch.tensor, pair)) for pair in batches])
    expected, factors = reference["train_epoch"](twin, batches)
    assert min(factors) < 1, "the test covers a clipped step"
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    for got, part in zip(in_double(net), twin, strict=True):
        np.testing.assert_allclose(got, part, atol=1e-4)
    assert not net.cells.bias_hh_l0.any()


@pytest.mark.parametrize(("t", "expected"), [(1.0, [0.2, 0.8]), (0.5, [1 / 17, 16 / 17])])
def test_a_temperature_raises_probabilities_to_a_power(t, expected):
    p = code["probabilities"](torch.log(torch.tensor([0.2, 0.8])), t)
    np.testing.assert_allclose(p, expected, atol=1e-6)
