"""The chapter's NumPy and PyTorch networks agree, and are the one made of labkit's layers."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from labkit.data.toy import gate
from labkit.scratch.activations import Tanh
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.losses import BinaryCrossEntropyWithLogits
from labkit.scratch.optim import SGD
from labkit.train.fit_numpy import fit_numpy

pytestmark = pytest.mark.torch

CODE = Path(__file__).parents[2] / "book/code"
EPOCHS = 70


def train(framework, **options):
    return runpy.run_path(str(CODE / f"week05_mlp_{framework}.py"))["train"](EPOCHS, **options)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_numpy_and_torch_agree(momentum):
    *ours, our_costs = train("numpy", learning_rate=1.0, momentum=momentum)
    *theirs, their_costs = train("torch", learning_rate=1.0, momentum=momentum)
    np.testing.assert_allclose(our_costs, their_costs, rtol=0, atol=1e-12)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_labkits_layers_give_the_same_weights(momentum):
    x, y = gate("xor")
    rng = np.random.default_rng(0)
    model = Sequential([Dense(2, 3, rng=rng), Activation(Tanh), Dense(3, 1, rng=rng)])
    model.params["0.w"][:] = [[-0.7, -0.5, 0.1], [-0.7, 0.7, 0.7]]
    model.params["2.w"][:] = [[-0.5], [0.4], [0.9]]
    fit_numpy(
        model,
        (x, y[:, None].astype(float)),
        loss_fn=BinaryCrossEntropyWithLogits,
        optimizer=SGD(1.0, momentum),
        epochs=EPOCHS,
    )
    *ours, _ = train("numpy", learning_rate=1.0, momentum=momentum)
    for a, b in zip(ours, model.params.values(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-10)


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_the_printed_start_solves_xor(framework):
    *_, costs = train(framework)
    assert len(costs) == EPOCHS + 1
    assert costs[0] > 0.7
    assert costs[-1] < 0.05
