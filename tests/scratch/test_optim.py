"""Gradient descent steps against the gradient, in place, and refuses a senseless rate."""

import numpy as np
import pytest

from labkit.scratch.optim import SGD


def test_sgd_steps_against_the_gradient_in_place():
    w, b = np.array([1.0, 2.0]), np.array(3.0)
    params = {"w": w, "b": b}
    SGD(0.1).step(params, {"w": np.array([10.0, 0.0]), "b": np.array(-1.0)})
    assert w.tolist() == [0.0, 2.0]
    assert float(b) == 3.1
    assert params["b"] is b


def test_sgd_with_rate_zero_changes_nothing():
    params = {"w": np.array([1.0])}
    SGD(0).step(params, {"w": np.array([5.0])})
    assert params["w"] == 1.0


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf")])
def test_sgd_refuses_a_negative_or_infinite_rate(rate):
    with pytest.raises(ValueError, match=f"got {rate}"):
        SGD(rate)


def test_sgd_refuses_missing_gradients():
    with pytest.raises(ValueError, match=r"call model\.backward before the step"):
        SGD(1.0).step({"w": np.array([1.0])}, {})
