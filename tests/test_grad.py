"""Central differences find right gradients right, wrong ones wrong, and leave x alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient, numerical_gradient, relative_error


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_numerical_gradient_matches_a_known_one_and_restores_x(n, m, seed):
    x = np.random.default_rng(seed).normal(size=(n, m))
    before = x.copy()
    gradient = numerical_gradient(lambda x: np.sin(x).sum() + x[0, 0] ** 2, x)
    expected = np.cos(x)
    expected[0, 0] += 2 * x[0, 0]
    assert np.abs(gradient - expected).max() < 1e-9
    assert (x == before).all()


def test_numerical_gradient_takes_numbers_and_views():
    assert numerical_gradient(lambda x: float(x) ** 3, np.array(2.0)) == pytest.approx(12)
    table = np.arange(6.0).reshape(2, 3)
    gradient = numerical_gradient(lambda column: (table**2).sum(), table[:, 1])
    assert gradient == pytest.approx([2, 8])


def test_numerical_gradient_restores_x_when_f_raises():
    x = np.array([1.0])
    with pytest.raises(ZeroDivisionError):
        numerical_gradient(lambda x: 1 / 0, x)
    assert x[0] == 1.0


@pytest.mark.parametrize("x", [np.zeros(2, np.float32), np.zeros(2, int), [0.0]])
def test_numerical_gradient_refuses_all_but_float64_arrays(x):
    with pytest.raises(ValueError, match="expected a float64 ndarray, got"):
        numerical_gradient(np.sum, x)


def test_relative_error_by_hand():
    assert relative_error([1.0, -4.0], [1.0, -5.0]) == pytest.approx(0.2)
    assert relative_error([1.0], [-1.0]) == pytest.approx(2.0)
    assert relative_error([0.0], [0.0]) == 0.0
    assert relative_error(1e-12, 0.0) == pytest.approx(1e-4)  # the floor is 1e-8
    assert relative_error(np.zeros(0), np.zeros(0)) == 0.0
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        relative_error(np.zeros(2), np.zeros(3))


def test_check_gradient_passes_a_right_gradient_given_as_array_or_function():
    x = np.linspace(-2, 2, 5)
    assert check_gradient(lambda x: np.exp(x).sum(), np.exp(x), x) < 1e-8
    assert check_gradient(lambda x: np.exp(x).sum(), np.exp, x) < 1e-8


@pytest.mark.parametrize("wrong", [lambda g: -g, lambda g: g * 1.001, lambda g: g / 2])
def test_check_gradient_names_the_worst_entry(wrong):
    x = np.linspace(1, 2, 6).reshape(2, 3)
    gradient = 3 * x**2
    gradient[1, 2] = wrong(gradient[1, 2])
    with pytest.raises(ValueError, match=r"expected 12 at entry \(1, 2\)"):
        check_gradient(lambda x: (x**3).sum(), gradient, x)


def test_check_gradient_does_not_pass_nan():
    with pytest.raises(ValueError, match=r"got nan"):
        check_gradient(np.sum, np.array([1.0, np.nan]), np.zeros(2))


def test_check_gradient_is_not_alarmed_by_rounding_in_a_tiny_entry():
    x = np.array([1.0, 1e-9])
    # The second derivative, 2e-9, lies below what differences of f = 1000 can resolve.
    assert check_gradient(lambda x: 1000 + (x**2).sum(), 2 * x, x) < 1e-6
