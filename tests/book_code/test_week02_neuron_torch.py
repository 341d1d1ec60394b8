"""The chapter's NumPy and PyTorch neurons are the one that labkit traces."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from labkit.data.toy import gate
from labkit.scratch.perceptron import trace

pytestmark = pytest.mark.torch

CODE = Path(__file__).parents[2] / "book/code"
EPOCHS = 70


@pytest.fixture(scope="module")
def rows():
    x, y = gate("and")
    return trace(np.array([10.0, 10.0]), 10.0, x, y, learning_rate=1.0, epochs=EPOCHS)


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_the_chapters_code_follows_labkits_trace(rows, framework):
    w, b, costs = runpy.run_path(str(CODE / f"week02_neuron_{framework}.py"))["train"](EPOCHS)
    np.testing.assert_allclose(costs, [row["cost"] for row in rows], rtol=0, atol=1e-12)
    before_last = rows[EPOCHS - 1]
    np.testing.assert_allclose(w, before_last["w_next"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(b, before_last["b_next"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_at_rate_zero_nothing_moves(framework):
    w, b, costs = runpy.run_path(str(CODE / f"week02_neuron_{framework}.py"))["train"](
        2, learning_rate=0.0
    )
    assert list(w) == [10, 10]
    assert b == 10
    assert len(set(costs)) == 1
