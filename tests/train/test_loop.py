"""What the trainers share: checks at the boundary, batches, means over examples, the bar."""

import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.history import History
from labkit.seeds import epoch_order
from labkit.train.loop import (
    Tally,
    batches,
    check_labels,
    check_learning_rate,
    check_shapes,
    check_sizes,
    end_epoch,
    epoch_bar,
    examples,
)
from labkit.types import Split, Splits


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 5), st.integers(0, 5))
def test_batches_cover_every_row_once_in_the_epochs_order(n, batch_size, seed, epoch):
    parts = batches(n, batch_size, seed=seed, epoch=epoch)
    assert (np.concatenate(parts) == epoch_order(n, seed=seed, epoch=epoch)).all()
    assert all(len(rows) == batch_size for rows in parts[:-1])
    assert np.concatenate(batches(n, batch_size)).tolist() == list(range(n))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.integers(1, 31))
def test_a_tally_is_the_mean_over_examples_whatever_the_batches(values, batch_size):
    values = np.array(values)
    tally = Tally(values, {"largest": lambda y_true, y_pred: np.max(y_true + y_pred)})
    for rows in batches(len(values), batch_size, seed=0):
        tally.add(rows, values[rows].mean(), values[rows])
    means = tally.means("val_")
    assert means["val_loss"] == pytest.approx(values.mean(), abs=1e-12)
    assert means["val_largest"] == 2 * values.max()
    assert {type(value) for value in means.values()} == {float}


def test_examples_takes_splits_pairs_and_lists():
    parts = examples(Split(np.zeros((2, 3)), np.zeros(2)), ([[1.0]], [0]))
    assert parts["train"][0].shape == (2, 3)
    assert parts["val"][0].tolist() == [[1.0]]
    assert list(examples(([0.0], [1]))) == ["train"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("letter", ["x", "y"])
@pytest.mark.parametrize("name", ["train", "val"])
def test_examples_names_the_first_row_that_is_not_finite(name, letter, value):
    good = {"x": np.zeros((5, 2, 2)), "y": np.zeros(5)}
    bad = {key: array.copy() for key, array in good.items()}
    bad[letter][3], bad[letter][4] = value, np.nan
    parts = {"train": good.values()} | {name: bad.values()}
    with pytest.raises(ValueError, match=rf"in {name} {letter}, got {value} in row 3; drop"):
        examples(parts["train"], parts.get("val"))


def test_examples_refuses_lengths_that_differ_no_rows_and_whole_data_sets():
    with pytest.raises(ValueError, match="in train, at least one, got 2 rows and 3 targets"):
        examples((np.zeros(2), np.zeros(3)))
    with pytest.raises(ValueError, match="in val, at least one, got 0 rows"):
        examples((np.zeros(2), np.zeros(2)), (np.zeros((0, 2)), np.zeros(0)))
    with pytest.raises(ValueError, match=r"train to be an \(x, y\) pair, got 3 parts; of a set"):
        examples(Splits(Split(np.zeros(2), np.zeros(2))))


@pytest.mark.parametrize(("epochs", "batch_size"), [(1, 0), (1, -1), (-1, None), (-1, 5)])
def test_check_sizes_refuses_impossible_sizes(epochs, batch_size):
    with pytest.raises(ValueError, match=f"got epochs={epochs} and batch_size={batch_size}"):
        check_sizes(epochs, batch_size, 10)


def test_check_sizes_takes_none_as_the_full_batch():
    assert check_sizes(0, None, 10) == 10
    assert check_sizes(1, np.int64(3), 10) == 3


@pytest.mark.parametrize(
    ("y", "shape"),
    [
        ([0, 1, 2], (3, 3)),  # classes
        ([[0, 2], [1, 1]], (2, 3, 2)),  # the class axis second: torch
        ([[0, 2], [1, 1]], (2, 2, 3)),  # the class axis last: Keras
        ([[0], [2]], (2, 3)),  # a column of classes: Keras
    ],
)
@pytest.mark.parametrize("label", [3, -1, -100])
def test_check_labels_finds_a_label_without_an_output_wherever_the_class_axis_is(y, shape, label):
    y = np.array(y)
    check_labels({"train": (None, y)}, shape)
    y[1:] = label
    with pytest.raises(ValueError, match=rf"labels 0 … 2 in val.*3 outputs, got {label} in row 1"):
        check_labels({"train": (None, y * 0), "val": (None, y)}, shape)
    check_labels({"val": (None, y)}, shape, ignore=label)


@pytest.mark.parametrize(
    ("y", "shape"),
    [
        (np.array([0.0, 7.5]), (2, 3)),  # values
        (np.array([0, 7]), (2,)),  # one output without a class axis
        (np.array([0, 7]), (2, 1)),  # one output: a count, perhaps
        (np.array([[0, 7]]), (1, 2)),  # of the output's own shape
    ],
)
def test_check_labels_lets_targets_pass_that_are_no_class_numbers(y, shape):
    check_labels({"train": (None, y)}, shape)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf")])
def test_check_learning_rate_refuses_negative_and_infinite_rates(rate):
    check_learning_rate(0.0)
    with pytest.raises(ValueError, match=f"learning rate >= 0, got {rate}"):
        check_learning_rate(rate)


def test_check_shapes_refuses_targets_that_would_broadcast_against_the_outputs():
    check_shapes({"train": (None, np.zeros(5))}, (1, 3))  # classes
    check_shapes({"train": (None, np.zeros((5, 2)))}, (1, 2))
    with pytest.raises(
        ValueError, match=r"train y of the shape \(5, 1\) .*, got \(5,\); write y\["
    ):
        check_shapes({"train": (None, np.zeros(5))}, (1, 1))
    with pytest.raises(ValueError, match=r"val y of the shape \(5,\) .*, got \(5, 1\)"):
        check_shapes({"val": (None, np.zeros((5, 1)))}, (1,))


def finish(results, *, history=None, on_epoch=None):
    history = History() if history is None else history
    return end_epoch(history, epoch_bar(1, False), 0.0, results, on_epoch), history


def test_end_epoch_appends_a_row_with_the_columns_in_order():
    results = {"loss": 1.0, "accuracy": 0.5, "val_loss": 2.0, "val_accuracy": 0.4}
    _, history = finish(results)
    _, history = finish(results, history=history)
    assert history.columns == ["epoch", "seconds", *results]
    assert history["epoch"].tolist() == [0, 1]


@pytest.mark.parametrize("name", ["loss", "val_loss"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_end_epoch_refuses_a_loss_that_is_not_finite(name, value):
    with pytest.raises(FloatingPointError, match=rf"finite {name}, got {value} in epoch 0; try"):
        finish({"loss": 1.0, "val_loss": 1.0} | {name: value})


def test_end_epoch_asks_on_epoch_which_sees_the_new_row():
    seen = []
    stop, _ = finish(
        {"loss": 1.0}, on_epoch=lambda epoch, history: seen.append((epoch, len(history)))
    )
    assert seen == [(0, 1)]
    assert stop is False
    assert finish({"loss": 1.0}, on_epoch=lambda epoch, history: np.True_)[0] is True


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, *, stream, progress, notebook=False, disable=None):
    """Return whether a bar over two epochs writes anything."""
    monkeypatch.setattr(sys, "stderr", stream)
    shell = SimpleNamespace(kernel=None) if notebook else None
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    if disable is not None:
        monkeypatch.setenv("TQDM_DISABLE", disable)
    with epoch_bar(2, progress) as bar:
        assert list(bar) == [0, 1]
    return bool(stream.getvalue())


def test_the_bar_shows_in_a_terminal_or_notebook_only_unless_told(monkeypatch):
    assert shown(monkeypatch, stream=Terminal(), progress=None)
    assert shown(monkeypatch, stream=io.StringIO(), progress=None, notebook=True)
    assert shown(monkeypatch, stream=io.StringIO(), progress=True)
    assert not shown(monkeypatch, stream=io.StringIO(), progress=None)
    assert not shown(monkeypatch, stream=Terminal(), progress=False)


def test_the_environment_turns_every_bar_off(monkeypatch):
    assert not shown(monkeypatch, stream=Terminal(), progress=True, disable="1")
    assert shown(monkeypatch, stream=Terminal(), progress=None, disable="0")
