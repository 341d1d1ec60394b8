"""The chapter's penalties in PyTorch are those in NumPy, to double precision."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

folder = Path(__file__).parents[2] / "book/code"
reference = runpy.run_path(str(folder / "week07_penalties_numpy.py"))
code = runpy.run_path(str(folder / "week07_penalties_torch.py"))


@pytest.fixture
def net():
    torch.manual_seed(0)
    return code["network"](3, 5, dropout=0.25, noise=0.1).double()


def test_value_and_gradient_of_the_penalties_are_numpys(net):
    weights = code["hidden_weights"](net)
    assert [tuple(w.shape) for w in weights] == [(5, 3), (5, 5)]
    value = code["penalty"](net, 0.3, 0.7)
    value.backward()
    twins = [reference["l1_l2"](w.detach().numpy(), 0.3, 0.7) for w in weights]
    np.testing.assert_allclose(value.item(), sum(v for v, _ in twins), rtol=1e-12)
    for w, (_, gradient) in zip(weights, twins, strict=True):
        np.testing.assert_allclose(w.grad.numpy(), gradient, rtol=1e-12)
    assert net[-1].weight.grad is None, "the output layer has no penalty"


def test_max_norm_shortens_what_goes_into_a_unit(net):
    before = [w.detach().numpy().T.copy() for w in code["hidden_weights"](net)]
    code["max_norm"](net, 0.6)
    for w, old in zip(code["hidden_weights"](net), before, strict=True):
        assert (np.linalg.norm(old, axis=0) > 0.6).any()
        np.testing.assert_allclose(w.detach().numpy().T, reference["max_norm"](old, 0.6), rtol=1e-6)


def test_adamw_takes_numpys_steps():
    rng = np.random.default_rng(0)
    w, gradients = rng.normal(size=8), rng.normal(size=(100, 8)) * np.logspace(-3, 3, 8)
    leaf = torch.tensor(w, requires_grad=True)
    optimizer = code["adamw"]([leaf], 0.01, 0.1)
    for g in gradients:
        leaf.grad = torch.tensor(g)
        optimizer.step()
    twin = reference["adamw"](w, gradients, 0.01, 0.1)
    np.testing.assert_allclose(leaf.detach().numpy(), twin, rtol=0, atol=1e-12)


def test_noise_and_dropout_act_in_training_only_and_anew_each_time(net):
    x = torch.ones(1, 3, dtype=torch.float64)
    assert not torch.equal(net[0](x), net[0](x))
    assert not torch.equal(net[:4](x), net[:4](x))
    net.eval()
    assert torch.equal(net[0](x), x)
    assert torch.equal(net(x), net(x))


def test_dropout_keeps_the_mean_and_raises_the_mean_square():
    h = np.full((1000, 1000), 3.0)
    ours = reference["dropout"](h, 0.25, np.random.default_rng(0))
    torch.manual_seed(0)
    theirs = torch.nn.Dropout(0.25)(torch.tensor(h)).numpy()
    for dropped in (ours, theirs):
        np.testing.assert_allclose(dropped.mean(), 3, rtol=0.003)
        np.testing.assert_allclose((dropped**2).mean(), 9 / 0.75, rtol=0.003)
        np.testing.assert_allclose(np.unique(dropped), [0, 4], rtol=1e-12)
