"""Forecasts are drawn where they belong; the artists are read back."""

import numpy as np
import pytest

from labkit import plot


def test_the_truth_is_solid_and_each_forecast_dashed_in_its_own_way():
    times = np.arange(4)
    said = {"a": np.ones(4), "b": np.zeros(4)}
    ax = plot.forecast(times, np.arange(4.0), said, unit="°C")
    lines = ax.get_lines()
    assert [line.get_label() for line in lines] == ["truth", "a", "b"]
    assert lines[0].get_ydata().tolist() == [0, 1, 2, 3]
    assert lines[1].get_ydata().tolist() == [1, 1, 1, 1]
    styles = [line.get_linestyle() for line in lines]
    assert styles[0] == "-"
    assert len(set(styles)) == 3
    assert ax.get_ylabel() == "forecast for this time (°C)"


def test_errors_start_at_zero_and_are_named_at_their_ends():
    ax = plot.error_by(["winter", "summer"], {"a": [1, 2], "b": [2, 3]}, xlabel="season", unit="°C")
    assert [text.get_text() for text in ax.texts] == ["a", "b"]
    assert ax.get_ylim()[0] == 0
    assert ax.get_xlabel() == "season"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["winter", "summer"]
    assert len({line.get_marker() for line in ax.get_lines()}) == 2


def test_they_draw_into_given_axes():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert plot.error_by([1, 2], {"a": [1, 2]}, xlabel="h", ax=ax) is ax
    assert plot.forecast([1, 2], np.ones(2), {}, ax=ax) is ax


def test_other_shapes_and_too_many_forecasts_are_refused():
    with pytest.raises(ValueError, match=r"expected 'a' of the shape \(2,\), got \(2, 1\)"):
        plot.forecast([1, 2], np.ones(2), {"a": np.ones((2, 1))})
    with pytest.raises(ValueError, match="expected 'a' of the shape"):
        plot.error_by([1, 2], {"a": [1.0]}, xlabel="h")
    with pytest.raises(ValueError, match="at most 4"):
        plot.forecast([1, 2], np.ones(2), dict.fromkeys("abcde", np.ones(2)))
