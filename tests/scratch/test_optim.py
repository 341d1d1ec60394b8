"""Each optimiser steps as its formula says, in place, and refuses what it cannot use."""

import copy
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.scratch.optim import SGD, Adadelta, Adagrad, Adam, Nadam, RMSprop


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


# ------------------------------------------------------------------------ the other optimisers
EACH = [
    SGD(0.1, 0.9, nesterov=True),
    Adagrad(0.1),
    RMSprop(0.1),
    Adadelta(),
    Adam(0.1),
    Nadam(0.1),
]
BY_CLASS = pytest.mark.parametrize("made", EACH, ids=lambda made: type(made).__name__)


def walk(optimizer, gradients):
    """Return the place after each of some gradients of one parameter, from 0."""
    params, path = {"w": np.array([0.0])}, []
    for gradient in gradients:
        optimizer.step(params, {"w": np.array([float(gradient)])})
        path.append(params["w"].item())
    return path


def test_nesterov_looks_ahead_by_one_fading_step():
    # m is 1, then 1.5; the steps are 1 + 0.5 · 1 and 1 + 0.5 · 1.5.
    path = walk(SGD(0.1, momentum=0.5, nesterov=True), [1, 1])
    assert path == pytest.approx([-0.15, -0.15 - 0.175])


def test_nesterov_without_momentum_is_refused():
    with pytest.raises(ValueError, match="momentum > 0 with nesterov"):
        SGD(0.1, nesterov=True)


@settings(max_examples=25)
@given(scale=st.floats(1e-3, 1e3))
@pytest.mark.parametrize("make", [Adagrad, RMSprop, Adam, Nadam])
def test_adaptive_steps_do_not_depend_on_the_size_of_the_gradients(make, scale):
    gradients = np.array([1.0, -0.5, 2.0, 0.3])
    make = partial(make, 0.1, epsilon=1e-15)
    assert walk(make(), scale * gradients) == pytest.approx(walk(make(), gradients), rel=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "length"),
    [
        (Adagrad(0.1), 0.1),
        (Adagrad(0.1, initial=0.1), 0.1 * 5 / np.sqrt(25.1)),
        (RMSprop(0.1), 1.0),
        (RMSprop(0.1, rho=0.9), np.sqrt(0.1)),
        (Adam(0.1), 0.1),
    ],
)
def test_the_first_step_is_as_long_as_the_book_says(optimizer, length):
    assert -walk(optimizer, [5])[0] == pytest.approx(length, rel=1e-6)


def test_a_steady_gradient_gives_adam_and_rmsprop_steps_of_the_learning_rate():
    for optimizer in (Adam(0.01), RMSprop(0.01, rho=0.9)):
        path = walk(optimizer, [7] * 200)
        assert path[-2] - path[-1] == pytest.approx(0.01, rel=1e-6)


def test_adagrad_steps_shorten_like_one_over_the_root_of_their_number():
    path = walk(Adagrad(1.0), [3] * 100)
    np.testing.assert_allclose(-np.diff([0, *path]), 1 / np.sqrt(np.arange(1, 101)))


def test_adadelta_starts_with_steps_of_the_root_of_epsilon():
    first = walk(Adadelta(rho=0.9, epsilon=1e-6), [1])[0]
    assert -first == pytest.approx(np.sqrt(1e-6 / 0.1), rel=1e-4)


def test_decoupled_decay_shrinks_by_rate_times_decay_and_is_not_divided():
    params = {"w": np.array([2.0])}
    Adam(0.1, weight_decay=0.5).step(params, {"w": np.array([0.0])})
    assert params["w"] == pytest.approx([2.0 * (1 - 0.1 * 0.5)])
    params = {"w": np.array([2.0])}
    Adam(0.1, weight_decay=0.5, decoupled=False).step(params, {"w": np.array([0.0])})
    assert params["w"] == pytest.approx([2.0 - 0.1])


@BY_CLASS
def test_each_changes_arrays_in_place_in_their_own_type_and_leaves_gradients_alone(made):
    optimizer = copy.deepcopy(made)
    w, b = np.ones((2, 3), np.float32), np.ones((), np.float32)
    grads = {"w": np.full((2, 3), 0.5, np.float32), "b": np.array(-2.0, np.float32)}
    params = {"w": w, "b": b}
    for _ in range(3):
        optimizer.step(params, grads)
    assert params["w"] is w
    assert params["b"] is b
    assert w.dtype == b.dtype == np.float32
    assert (w < 1).all()
    assert b > 1
    assert (grads["w"] == 0.5).all()


@BY_CLASS
def test_each_with_rate_zero_changes_nothing(made):
    optimizer = copy.deepcopy(made)
    optimizer.learning_rate = 0.0
    assert walk(optimizer, [1, -3]) == [0, 0]


@BY_CLASS
def test_each_treats_a_parameter_as_if_it_were_alone(made):
    together, alone = copy.deepcopy(made), copy.deepcopy(made)
    params = {"w": np.zeros(2), "b": np.array([1.0])}
    path = []
    for g in (1.0, -2.0, 0.5):
        together.step(params, {"w": np.array([4.0, g]), "b": np.array([3.0])})
        path.append(params["w"][1].item())
    assert walk(alone, [1.0, -2.0, 0.5]) == pytest.approx(path)


@pytest.mark.parametrize(
    "make",
    [
        partial(RMSprop, rho=1.0),
        partial(Adadelta, rho=-0.1),
        partial(Adam, beta1=1.0),
        partial(Adam, beta2=1.5),
        partial(Nadam, beta2=1.0),
    ],
)
def test_each_refuses_a_share_outside_0_to_1(make):
    with pytest.raises(ValueError, match=r"in \[0, 1\), got"):
        make(0.1)
