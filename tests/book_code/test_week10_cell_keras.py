"""The chapter's LSTM and GRU in Keras give the numbers of labkit's layers; the order matters."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("cell_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week10_cell_keras.py"))


@pytest.mark.parametrize(("name", "blocks"), [("LSTM", 4), ("GRU", 3)])
def test_same_weights_give_the_same_numbers(name, blocks):
    x, p = reference["inputs"](), reference["weights"](blocks)
    expected = reference["labkit_outputs"](name, x, p)
    np.testing.assert_allclose(code[name.lower()](x, p), expected, atol=1e-10)


def test_with_the_blocks_of_pytorch_a_gru_gives_other_numbers():
    x, p = reference["inputs"](), reference["weights"](3)
    layer = keras.layers.GRU(4, return_sequences=True, dtype="float64")
    wrong = code["outputs"](layer, [p["Wx"], p["Wh"], np.stack([p["b"], p["bh"]])], x)
    assert np.abs(wrong - reference["labkit_outputs"]("GRU", x, p)).max() > 0.1


def test_parameters_are_counted_as_in_the_chapter():
    counts = []
    for layer in (
        keras.layers.LSTM(16),
        keras.layers.GRU(32),
        keras.layers.GRU(32, reset_after=False),
    ):
        layer.build((None, None, 14))
        counts.append(layer.count_params())
    assert counts == [1984, 4608, 4512]


def test_keras_starts_the_forget_gate_at_one():
    layer = keras.layers.LSTM(2)
    layer.build((None, None, 3))
    assert layer.get_weights()[2].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
