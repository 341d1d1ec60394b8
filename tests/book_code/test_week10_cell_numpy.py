"""The chapter's LSTM and GRU in NumPy are labkit's layers."""

import runpy
from pathlib import Path

import numpy as np
import pytest

reference = runpy.run_path(str(Path(__file__).with_name("cell_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week10_cell_numpy.py"))


@pytest.mark.parametrize(("name", "blocks"), [("LSTM", 4), ("GRU", 3)])
def test_the_chapters_layer_is_labkits(name, blocks):
    x, p = reference["inputs"](), reference["weights"](blocks)
    expected = reference["labkit_outputs"](name, x, p)
    np.testing.assert_allclose(code[name.lower()](x, p), expected, atol=1e-12)
