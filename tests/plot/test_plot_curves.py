import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.history import History
from labkit.plot import learning_curve


def history(epochs=20, *, val=True, loss=1.0):
    rows = []
    for epoch in range(epochs):
        row = {"epoch": epoch, "seconds": 0.1, "loss": loss / (epoch + 1), "accuracy": 0.5}
        rows.append(row | ({"val_loss": 1.5 * loss / (epoch + 1)} if val else {}))
    return History(rows)


def ends(ax):
    ax.figure.canvas.draw()
    return sorted(text.get_window_extent().y0 for text in ax.texts)


def test_training_is_solid_and_validation_dashed():
    ax = learning_curve(history())
    train, val = ax.get_lines()
    assert (train.get_linestyle(), val.get_linestyle()) == ("-", "--")
    np.testing.assert_array_equal(train.get_ydata(), history()["loss"])
    np.testing.assert_array_equal(val.get_ydata(), history()["val_loss"])


def test_epochs_are_counted_from_one():
    ax = learning_curve(history(7))
    np.testing.assert_array_equal(ax.get_lines()[0].get_xdata(), np.arange(1, 8))
    assert ax.get_xlabel() == "epoch (counted from 1)"
    assert ax.get_xlim()[0] > 0


def test_lines_are_named_at_their_ends_in_their_colour_without_a_legend():
    ax = learning_curve(history())
    assert ax.get_legend() is None
    assert [text.get_text() for text in ax.texts] == ["training", "validation"]
    for text, line in zip(ax.texts, ax.get_lines(), strict=True):
        assert text.xy == (20, line.get_ydata()[-1])
        assert mpl.colors.same_color(text.get_color(), line.get_color())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=4))
def test_names_never_overlap_however_close_the_ends(losses):
    ax = learning_curve(history(loss=losses[0]), label="run 0")
    for i, loss in enumerate(losses[1:], start=1):
        assert learning_curve(history(loss=loss), label=f"run {i}", ax=ax) is ax
    assert len(ax.texts) == 2 * len(losses)
    assert np.diff(ends(ax)).min() > 12  # pixels; the text is 10 points, 14 pixels, high
    plt.close(ax.figure)


def test_units_are_known_given_or_left_out():
    assert learning_curve(history()).get_ylabel() == "loss (mean over examples)"
    assert (
        learning_curve(history(), metric="accuracy").get_ylabel()
        == "accuracy (fraction of examples)"
    )
    rows = History([{"epoch": 0, "mae": 2.0}])
    assert learning_curve(rows, metric="mae").get_ylabel() == "mae"
    assert learning_curve(rows, metric="mae", unit="1000 USD").get_ylabel() == "mae (1000 USD)"


def test_without_validation_there_is_one_line():
    assert len(learning_curve(history(val=False)).get_lines()) == 1


def test_a_single_epoch_is_a_visible_marker():
    assert learning_curve(history(1)).get_lines()[0].get_marker() == "o"


def test_the_axes_given_are_the_axes_drawn_in_and_back():
    ax = plt.figure().add_subplot()
    assert learning_curve(history(), ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_a_curve_that_ends_in_nan_is_named_where_it_was_last_finite():
    rows = History([{"epoch": 0, "loss": 2.0}, {"epoch": 1, "loss": np.nan}])
    assert learning_curve(rows).texts[0].xy == (1, 2.0)


def test_bad_input_says_what_to_do():
    with pytest.raises(ValueError, match="at least one epoch"):
        learning_curve(History())
    with pytest.raises(KeyError, match="did you mean 'accuracy'"):
        learning_curve(history(), metric="acc")
    with pytest.raises(KeyError, match="did you mean 'loss'"):
        learning_curve(history(), metric="val_loss")
    with pytest.raises(TypeError, match="got dict"):
        learning_curve({"loss": [1, 2]})
    with pytest.raises(ValueError, match="finite"):
        learning_curve(History([{"epoch": 0, "loss": np.inf}]))
    assert plt.get_fignums() == []


def test_a_log_axis_begins_at_epoch_one_and_says_so():
    ax = learning_curve(history(300), log_epochs=True)
    learning_curve(history(20), label="short", ax=ax, log_epochs=True)
    ax.figure.canvas.draw()
    assert ax.get_xscale() == "log"
    assert ax.get_xlim()[0] == 0.9
    assert "log scale" in ax.get_xlabel()
    assert ax.xaxis.get_major_formatter()(100) == "100"
