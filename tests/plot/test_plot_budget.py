import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.plot import stacked_bars

TABLE = pd.DataFrame({"weights": [1, 3, 0], "work": [90, 8, 2]}, index=["a", "b", "c"])


def bars(ax, columns):
    """Return (segments, bars): where each segment begins, and how wide it is."""
    found = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    return np.array(found).reshape(-1, columns, 2)


def test_segments_are_shares_of_their_bar_and_follow_each_other():
    drawn = bars(stacked_bars(TABLE), 2)
    np.testing.assert_allclose(drawn[..., 1].T, [[25, 75, 0], [90, 8, 2]])
    np.testing.assert_allclose(drawn[..., 0].T, [[0, 25, 100], [0, 90, 98]])


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.integers(1, 1000))
def test_shares_do_not_depend_on_the_unit_and_add_to_100(numbers, factor):
    table = pd.DataFrame({"one": numbers, "other": [factor * n for n in numbers]})
    ax = stacked_bars(table)
    shares = bars(ax, 2)[..., 1]
    plt.close(ax.figure)
    np.testing.assert_allclose(shares.sum(axis=0), 100)
    np.testing.assert_allclose(shares[:, 0], shares[:, 1])


def test_with_a_unit_the_numbers_stay_and_the_axis_names_it():
    ax = stacked_bars(TABLE, unit="memory (MiB)")
    np.testing.assert_allclose(bars(ax, 2)[..., 1].T, [[1, 3, 0], [90, 8, 2]])
    assert ax.get_xlabel() == "memory (MiB)"
    assert ax.get_xlim()[1] >= 100
    assert stacked_bars(TABLE).get_xlabel() == "share (%)"


def test_wide_segments_bear_their_names_and_bars_their_columns_from_the_top():
    ax = stacked_bars(TABLE)
    assert [text.get_text() for text in ax.texts] == ["a", "a", "b", "b"]
    assert [text.get_text() for text in stacked_bars(TABLE, smallest=0.1).texts] == ["a", "a", "b"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["weights", "work"]
    assert ax.yaxis_inverted()


def test_the_axes_may_be_given_and_missing_numbers_of_pandas_are_refused():
    _, ax = plt.subplots()
    assert stacked_bars(TABLE, ax=ax) is ax
    counts = pd.DataFrame({"weights": pd.array([1, None], dtype="Int64")})
    with pytest.raises(ValueError, match="leave out rows that aren't known"):
        stacked_bars(counts)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"weights": [1.0, -1.0]}), "smallest -1"),
        (pd.DataFrame({"weights": []}), r"got a table of \(0, 1\)"),
        (pd.DataFrame({"weights": [0, 0], "work": [1, 0]}), r"got 0 in \['weights'\]"),
    ],
)
def test_bars_refuse_what_has_no_share(table, message):
    with pytest.raises(ValueError, match=message):
        stacked_bars(table)
