"""The chapter's Keras neuron is the one that labkit traces, to the digits of Keras's loss meter."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from labkit.data.toy import gate
from labkit.scratch.perceptron import trace

pytestmark = pytest.mark.keras

CODE = Path(__file__).parents[2] / "book/code"
EPOCHS = 70


def test_the_chapters_keras_code_follows_labkits_trace():
    x, y = gate("and")
    rows = trace(np.array([10.0, 10.0]), 10.0, x, y, learning_rate=1.0, epochs=EPOCHS)
    w, b, costs = runpy.run_path(str(CODE / "week02_neuron_keras.py"))["train"](EPOCHS)
    np.testing.assert_allclose(w, rows[EPOCHS - 1]["w_next"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(b, rows[EPOCHS - 1]["b_next"], rtol=0, atol=1e-12)
    # Keras averages the loss in float32, so the costs agree to seven digits.
    np.testing.assert_allclose(costs, [row["cost"] for row in rows], rtol=1e-6)
