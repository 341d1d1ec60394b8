"""The chapter's TensorFlow code: the CPU is there, one graph serves many calls, gradients agree."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.keras

CODE = Path(__file__).parents[2] / "book/code"


def test_the_cpu_is_among_the_devices_and_a_tensor_is_on_one_of_them():
    page = runpy.run_path(str(CODE / "week00_device_keras.py"))
    assert "CPU:0" in page["devices"]()
    assert page["place"]() in ("cpu", "gpu")


def test_a_graph_is_recorded_once_for_a_shape_and_agrees_with_eager_execution():
    page = runpy.run_path(str(CODE / "week00_graph_keras.py"))
    assert page["compare"]([1.0, -2.0, 3.0]) == (9.0, 9.0, 1)
    assert page["compare"]([4.0, 5.0, -6.0]) == (19.0, 19.0, 1)
    assert page["compare"]([1.0, 2.0]) == (7.0, 7.0, 2)
    recorded = page["operations"]([1.0, -2.0, 3.0])
    assert [name for name in recorded if name in ("Mul", "Relu", "Sum", "AddV2")] == [
        "Mul",
        "Relu",
        "Sum",
        "AddV2",
    ]


@pytest.mark.parametrize("framework", ["keras"])
def test_the_chapters_gradients_are_the_ones_derived_by_hand(framework):
    page = runpy.run_path(str(CODE / f"week00_gradient_{framework}.py"))
    x, y = 1.5, -2.0
    expected = [4 * x**3 * y, x**4]
    np.testing.assert_allclose(page["gradient"]([x, y]), expected, rtol=1e-9)
