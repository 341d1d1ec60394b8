"""The chapter's NumPy and PyTorch decoders agree with each other and with labkit's loss."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from labkit.scratch.losses import SoftmaxCrossEntropy

pytestmark = pytest.mark.torch

CODE = Path(__file__).parents[2] / "book/code"
EPOCHS = 60


def page(framework):
    return runpy.run_path(str(CODE / f"week04_softmax_{framework}.py"))


def test_the_numpy_decoder_takes_the_steps_of_labkits_gradient():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    labels, w, b, costs = np.arange(4), np.full((2, 4), 0.5), np.full(4, 0.6), []
    for _epoch in range(EPOCHS):
        z = x @ w + b
        costs.append(SoftmaxCrossEntropy.forward(z, labels))
        dz = SoftmaxCrossEntropy.backward(z, labels)
        w, b = w - x.T @ dz, b - dz.sum(axis=0)
    costs.append(SoftmaxCrossEntropy.forward(x @ w + b, labels))
    got_w, got_b, got_costs = page("numpy")["train"](EPOCHS)
    np.testing.assert_allclose(got_costs, costs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(got_w, w, rtol=0, atol=1e-12)
    np.testing.assert_allclose(got_b, b, rtol=0, atol=1e-12)


def test_pytorch_and_numpy_agree():
    for ours, theirs in zip(
        page("numpy")["train"](EPOCHS), page("torch")["train"](EPOCHS), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_one_update_gives_the_printed_weights(framework):
    w, _b, costs = page(framework)["train"](1)
    np.testing.assert_allclose(w[0], [0.375, 0.375, 0.625, 0.625], rtol=0, atol=1e-12)
    assert costs[0] == pytest.approx(np.log(4), abs=1e-12)
