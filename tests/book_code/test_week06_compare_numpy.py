"""The chapter's comparisons in plain NumPy agree with labkit's."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from labkit.metrics import mcnemar, paired_difference

code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_compare_numpy.py"))


def test_the_interval_over_seeds_is_labkits():
    base, other = np.random.default_rng(0).normal(size=(2, 5))
    gap = paired_difference(base, other)
    assert code["over_seeds"](base, other, 2.7764) == pytest.approx(gap[:3], rel=1e-4)


def test_the_interval_over_rows_is_labkits_but_for_the_half_rows_added():
    rng = np.random.default_rng(0)
    y, y_a, y_b = rng.integers(2, size=(3, 4000))
    found = mcnemar(y, y_a, y_b)
    difference, low, high = code["over_rows"](y, y_a, y_b)
    assert difference == pytest.approx(found.difference)
    assert (low, high) == pytest.approx((found.low, found.high), abs=1e-4)
