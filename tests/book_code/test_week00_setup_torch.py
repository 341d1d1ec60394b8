"""The chapter's PyTorch code: the CPU is there, one graph serves many calls, gradients agree."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.torch

CODE = Path(__file__).parents[2] / "book/code"


def test_the_cpu_is_the_first_device_and_the_default_place():
    page = runpy.run_path(str(CODE / "week00_device_torch.py"))
    assert page["devices"]()[0] == "cpu"
    assert page["place"]() == "cpu"


def test_a_graph_is_recorded_once_and_agrees_with_eager_execution():
    page = runpy.run_path(str(CODE / "week00_graph_torch.py"))
    assert page["compare"]([1.0, -2.0, 3.0]) == (9.0, 9.0, 1)
    assert page["compare"]([4.0, 5.0, -6.0]) == (19.0, 19.0, 1)
    assert page["graphs"][0][-5:] == ["mul", "relu", "sum_1", "add", "output"]


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_the_chapters_gradients_are_the_ones_derived_by_hand(framework):
    page = runpy.run_path(str(CODE / f"week00_gradient_{framework}.py"))
    x, y = 1.5, -2.0
    expected = [4 * x**3 * y, x**4]
    np.testing.assert_allclose(page["gradient"]([x, y]), expected, rtol=1e-9)
