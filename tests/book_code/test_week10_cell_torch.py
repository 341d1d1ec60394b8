"""The chapter's LSTM and GRU in PyTorch give the numbers of labkit's layers."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("cell_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week10_cell_torch.py"))


@pytest.mark.parametrize(("name", "blocks"), [("LSTM", 4), ("GRU", 3)])
def test_same_weights_give_the_same_numbers(name, blocks):
    x, p = reference["inputs"](), reference["weights"](blocks)
    expected = reference["labkit_outputs"](name, x, p)
    np.testing.assert_allclose(code[name.lower()](x, p), expected, atol=1e-12)


def test_an_lstm_has_one_bias_more_than_it_needs():
    p = reference["weights"](4, d=14, h=16)
    layer = code["layer"](code["nn"].LSTM, p)
    assert sum(w.numel() for w in layer.parameters()) == 1984 + 4 * 16
