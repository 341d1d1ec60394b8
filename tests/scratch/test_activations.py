"""Each activation's gradient is that of its value, and none overflows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch import activations
from labkit.scratch.activations import PiecewiseLinear, ReLU, Sigmoid, Sign, Softmax, Softplus, Step

ALL = [value for value in vars(activations).values() if isinstance(value, type)]
SEEDS = st.integers(0, 2**32 - 1)


def away_from_kinks(seed, shape=(3, 4)):
    """Return inputs of either sign, within −1 … 1 and outside, at no activation's corner."""
    rng = np.random.default_rng(seed)
    return (rng.uniform(0.1, 0.9, shape) + rng.integers(3, size=shape)) * rng.choice([-1, 1], shape)


def test_the_course_has_eleven_activations():
    assert len(ALL) == 11


@pytest.mark.parametrize("activation", ALL)
@given(seed=SEEDS)
def test_backward_is_the_gradient_of_forward(activation, seed):
    z = away_from_kinks(seed)
    da = np.random.default_rng(seed + 1).normal(size=z.shape)
    dz = activation.backward(z, da)
    check_gradient(lambda z: (da * activation.forward(z)).sum(), dz, z)


@pytest.mark.parametrize("activation", ALL)
def test_values_and_gradients_are_finite_for_large_inputs_of_either_sign(activation):
    z = np.array([[-1e4, -800.0, 0.0, 800.0, 1e4]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(activation.forward(z)).all()
        assert np.isfinite(activation.backward(z, np.ones_like(z))).all()


@pytest.mark.parametrize("activation", ALL)
def test_float32_stays_float32(activation):
    z = np.linspace(-2, 2, 6, dtype=np.float32).reshape(2, 3)
    assert activation.forward(z).dtype == np.float32
    assert activation.backward(z, z).dtype == np.float32


@given(st.floats(-700, 700))
def test_sigmoid_of_z_and_of_minus_z_sum_to_one(z):
    assert Sigmoid.forward(z) + Sigmoid.forward(-z) == pytest.approx(1, abs=1e-15)


def test_sigmoid_keeps_small_probabilities():
    assert Sigmoid.forward(np.array(-700.0)) == pytest.approx(np.exp(-700.0), rel=1e-12)


@given(SEEDS, st.floats(-1e6, 1e6))
def test_softmax_is_a_distribution_that_ignores_a_shift(seed, shift):
    z = np.random.default_rng(seed).normal(size=(3, 4))
    proba = Softmax.forward(z)
    assert proba.sum(axis=-1) == pytest.approx(np.ones(3))
    assert (proba > 0).all()
    assert np.abs(Softmax.forward(z + shift) - proba).max() < 1e-8


@given(SEEDS)
def test_softmax_of_two_is_the_sigmoid_of_their_difference(seed):
    z = np.random.default_rng(seed).normal(size=(5, 2), scale=10)
    assert Softmax.forward(z)[:, 1] == pytest.approx(Sigmoid.forward(z[:, 1] - z[:, 0]))


@pytest.mark.parametrize("name", ["PiecewiseLinear", "Tanh", "ReLU", "LeakyReLU", "ELU"])
def test_activations_through_the_origin(name):
    near = getattr(activations, name).forward(np.array([-1e-9, 0.0, 1e-9]))
    assert near == pytest.approx(np.zeros(3), abs=1e-8)


def test_relu_has_gradient_zero_at_zero():
    assert ReLU.backward(np.array([0.0]), np.array([5.0])) == 0


def test_a_step_fires_at_zero_and_no_gradient_passes_a_step_or_a_sign():
    z, da = np.array([-2.0, 0.0, 3.0]), np.array([5.0, 5.0, 5.0])
    assert Step.forward(z).tolist() == [0, 1, 1]
    assert Sign.forward(z).tolist() == [-1, 0, 1]
    assert Step.backward(z, da).tolist() == Sign.backward(z, da).tolist() == [0, 0, 0]


def test_a_piecewise_linear_unit_has_gradient_zero_at_its_corners():
    assert PiecewiseLinear.backward(np.array([-1.0, 1.0]), np.ones(2)).tolist() == [0, 0]


@given(st.floats(-700, 700))
def test_softplus_of_z_and_of_minus_z_differ_by_z(z):
    assert Softplus.forward(z) - Softplus.forward(-z) == pytest.approx(z, abs=1e-12)
