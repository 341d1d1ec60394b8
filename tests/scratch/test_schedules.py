"""A schedule starts, halves and ends where its formula says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.scratch import schedules
from labkit.scratch.optim import SGD

TIMES = st.floats(0, 1e5)


def test_a_constant_schedule_never_changes():
    assert [schedules.constant(0.3)(t) for t in (0, 1, 1e6)] == [0.3] * 3


def test_a_staircase_drops_at_the_end_of_each_stair():
    rate = schedules.step(1.0, every=3, factor=0.5)
    assert [rate(t) for t in range(7)] == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]


def test_inverse_time_leaves_a_half_a_third_a_quarter():
    rate = schedules.inverse_time(0.6, half_after=1000)
    assert [rate(t) for t in (0, 1000, 2000, 3000)] == pytest.approx([0.6, 0.3, 0.2, 0.15])


@given(t=TIMES)
def test_the_exponential_meets_the_staircase_at_each_edge_and_is_never_above(t):
    smooth = schedules.exponential(1.0, factor=0.9, every=100)
    stairs = schedules.step(1.0, every=100, factor=0.9)
    assert smooth(t) <= stairs(t) * (1 + 1e-12)
    edge = 100 * (t // 100)
    assert smooth(edge) == pytest.approx(stairs(edge))


@given(t=TIMES, warmup=st.integers(0, 50))
def test_the_cosine_stays_between_zero_and_its_rate_and_ends_where_told(t, warmup):
    rate = schedules.cosine(0.5, total=100, warmup=warmup, end=0.1)
    assert 0 <= rate(t) <= 0.5
    assert rate(warmup) == pytest.approx(0.5)
    assert rate(100 + t) == pytest.approx(0.1)
    assert rate((warmup + 100) / 2) == pytest.approx(0.3)


def test_the_cosine_rises_straight_during_its_warm_up():
    rate = schedules.cosine(0.4, total=100, warmup=8)
    assert [rate(t) for t in (0, 2, 4, 8)] == pytest.approx([0, 0.1, 0.2, 0.4])


def test_a_schedule_drives_an_optimiser():
    import numpy as np

    params, optimizer, rate = {"w": np.array([1.0])}, SGD(0), schedules.step(0.5, every=1)
    for t in range(2):
        optimizer.learning_rate = rate(t)
        optimizer.step(params, {"w": np.array([1.0])})
    assert params["w"] == pytest.approx([1 - 0.5 - 0.05])


@pytest.mark.parametrize(
    "make",
    [
        lambda: schedules.constant(-1),
        lambda: schedules.constant(math.nan),
        lambda: schedules.step(1, every=0),
        lambda: schedules.step(1, every=3, factor=0),
        lambda: schedules.inverse_time(1, half_after=0),
        lambda: schedules.exponential(1, factor=-0.5),
        lambda: schedules.cosine(1, total=0),
        lambda: schedules.cosine(1, total=10, warmup=10),
    ],
)
def test_a_schedule_refuses_what_makes_no_sense(make):
    with pytest.raises(ValueError, match="expected"):
        make()
