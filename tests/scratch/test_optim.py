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


def test_momentum_adds_up_fading_gradients():
    params, optimizer = {"w": np.array([0.0])}, SGD(0.1, momentum=0.5)
    path = []
    for gradient in (1.0, 0.0, 2.0):
        optimizer.step(params, {"w": np.array([gradient])})
        path.append(params["w"].item())
    # v is 1, then 0.5, then 0.25 + 2.
    assert path == pytest.approx([-0.1, -0.15, -0.375])


def test_momentum_keeps_a_velocity_for_each_parameter_and_leaves_gradients_alone():
    params = {"w": np.zeros((2, 3), np.float32), "b": np.array(0.0)}
    grads = {"w": np.ones((2, 3), np.float32), "b": np.array(2.0)}
    optimizer = SGD(1.0, momentum=0.9)
    for _ in range(2):
        optimizer.step(params, grads)
    assert (grads["w"] == 1).all()
    assert params["w"] == pytest.approx(np.full((2, 3), -2.9))
    assert params["w"].dtype == np.float32
    assert params["b"] == pytest.approx(-5.8)


@pytest.mark.parametrize("momentum", [-0.1, 1, float("nan")])
def test_sgd_refuses_a_momentum_outside_0_to_1(momentum):
    with pytest.raises(ValueError, match=f"got {momentum}"):
        SGD(0.1, momentum)
