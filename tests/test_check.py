"""labkit.check: a tick for a right answer, one hint for a wrong one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.check import CheckFailed, check, check_that

numbers = st.floats(-1e6, 1e6)


@given(numbers)
def test_check_accepts_the_answer_itself(value):
    check("same", value, value)


@given(numbers, st.floats(1e-3, 1e3))
def test_check_rejects_what_is_farther_than_the_tolerance(value, tolerance):
    with pytest.raises(CheckFailed):
        check("far", value + 1.01 * tolerance * max(1, abs(value)), value, tolerance=tolerance)


@given(numbers, st.floats(1e-3, 0.9))
def test_check_accepts_what_is_nearer_than_the_tolerance(value, tolerance):
    check("near", value + 0.9 * tolerance * max(1, abs(value)), value, tolerance=tolerance)


def test_check_says_one_line_when_the_answer_is_right(capsys):
    check("the shape", np.zeros((2, 3)).shape, (2, 3))
    assert capsys.readouterr().out == "✓ the shape\n"


@pytest.mark.parametrize("missing", [None, ...])
def test_check_of_an_untouched_stub_fails_with_its_hint(missing):
    with pytest.raises(CheckFailed, match=r"step: expected an answer, .* Hint: Start with w\."):
        check("step", missing, 3.0, hint="Start with w.")


def test_check_names_expected_got_and_the_place():
    with pytest.raises(CheckFailed, match=r"w: expected 2\.0, got 2\.5 at \(0, 1\)\."):
        check("w", [[1.0, 2.5]], np.array([[1.0, 2.0]]))


def test_check_rejects_another_shape_even_if_it_would_broadcast():
    with pytest.raises(CheckFailed, match=r"shape \(2,\), got \(2, 1\)"):
        check("w", np.ones((2, 1)), np.ones(2))


def test_check_rejects_nan_and_infinity():
    for value in (np.nan, np.inf):
        with pytest.raises(CheckFailed):
            check("loss", value, 1.0)


def test_check_compares_text_and_booleans_exactly():
    check("name", "relu", "relu")
    check("mask", [True, False], [True, False])
    with pytest.raises(CheckFailed):
        check("name", "relu", "tanh")
    with pytest.raises(CheckFailed):
        check("answer", "3", 3)


def test_check_of_unsigned_numbers_does_not_wrap_around():
    with pytest.raises(CheckFailed):
        check("pixel", np.uint8(0), np.uint8(255), tolerance=0.01)


def test_check_takes_a_tensor_off_its_graph():
    class Tensor:
        def detach(self):
            return self

        def cpu(self):
            return np.array([1.0, 2.0])

    check("tensor", Tensor(), [1.0, 2.0])


def test_check_that_raises_only_if_the_condition_is_false(capsys):
    check_that("it falls", np.bool_(True))
    assert capsys.readouterr().out == "✓ it falls\n"
    with pytest.raises(CheckFailed, match=r"it falls: .* Hint: Look\."):
        check_that("it falls", False, hint="Look.")


def test_check_failed_is_a_value_error_and_no_assertion():
    assert issubclass(CheckFailed, ValueError)
    assert not issubclass(CheckFailed, AssertionError)
