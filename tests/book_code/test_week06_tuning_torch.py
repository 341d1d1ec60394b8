"""The PyTorch code of week 6, part 4: its penalty is Keras's, and a killed run loses nothing."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from tuning_reference import L2, WEIGHTS, X, Y, cross_entropy, penalty, train

pytestmark = pytest.mark.torch

code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_tuning_torch.py"))


def build(dropout):
    import torch

    torch.manual_seed(3)
    net, optimizer = code["network"](L2, dropout)
    with torch.no_grad():
        for parameter, weight in zip(net.parameters(), WEIGHTS, strict=True):
            parameter[:] = torch.from_numpy(weight.T)
    return net, optimizer


def arrays():
    import torch

    return torch.from_numpy(X), torch.from_numpy(Y)


def test_the_run_is_numpys_with_weight_decay_2_lambda_on_the_kernels(tmp_path):
    net, optimizer = build(dropout=0.0)
    code["train"](net, optimizer, *arrays(), tmp_path / "run.pt", epochs=4)
    for parameter, weight in zip(net.parameters(), train(4), strict=True):
        assert parameter.detach().numpy() == pytest.approx(weight.T, abs=1e-5)


def test_the_reference_has_the_gradients_of_cross_entropy_plus_penalty():
    import torch

    net, _ = build(dropout=0.0)
    kernels = [p for p in net.parameters() if p.ndim == 2]
    x, y = arrays()
    loss = torch.nn.functional.cross_entropy(net(x), y) + L2 * sum((k**2).sum() for k in kernels)
    loss.backward()
    expected, slopes = cross_entropy(WEIGHTS, X.astype(float), Y)
    assert loss.item() == pytest.approx(expected + penalty(WEIGHTS), rel=1e-5)
    for parameter, slope, weight in zip(net.parameters(), slopes, WEIGHTS, strict=True):
        slope = slope + 2 * L2 * weight * (weight.ndim == 2)
        assert parameter.grad.numpy() == pytest.approx(slope.T, abs=1e-6)


@pytest.mark.parametrize("stop", [1, 3])
def test_a_run_in_two_parts_ends_with_the_same_weights_to_the_bit(tmp_path, stop):
    import torch

    def run(path, epochs):
        net, optimizer = build(dropout=0.5)
        code["train"](net, optimizer, *arrays(), path, epochs=epochs)
        return np.concatenate([p.detach().numpy().ravel() for p in net.parameters()])

    whole = run(tmp_path / "whole.pt", 5)
    run(tmp_path / "parts.pt", stop)
    torch.rand(3)
    assert (run(tmp_path / "parts.pt", 5) == whole).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts.pt", "whole.pt"]
