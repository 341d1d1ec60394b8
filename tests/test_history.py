"""A history keeps its columns, survives JSON, and finds its best epoch."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.history import History

FLOATS = st.floats(allow_nan=False)


@given(st.lists(st.tuples(FLOATS, FLOATS)))
def test_a_history_survives_json(values):
    history = History()
    for epoch, (loss, val_loss) in enumerate(values):
        history.append(epoch=epoch, loss=np.float64(loss), val_loss=val_loss)
    assert History.from_json(history.to_json()) == history
    assert len(history) == len(values)


def test_numbers_of_numpy_become_pythons():
    history = History()
    history.append(epoch=np.int64(0), loss=np.float32(0.5), accuracy=np.array(1.0))
    assert history.to_json() == '[{"epoch": 0, "loss": 0.5, "accuracy": 1.0}]'


def test_columns_keep_their_order_and_unknown_ones_are_refused():
    history = History([{"epoch": 0, "seconds": 0.1, "loss": 2.0}])
    assert history.columns == ["epoch", "seconds", "loss"]
    assert "loss" in history
    assert "val_loss" not in history
    with pytest.raises(KeyError, match="got 'val_loss'"):
        history["val_loss"]
    with pytest.raises(ValueError, match=r"expected the columns \['epoch', 'seconds', 'loss'\]"):
        history.append(epoch=1, loss=1.0)


def test_a_history_does_not_share_its_rows_with_the_caller():
    rows = [{"epoch": 0, "loss": 2.0}]
    history = History(rows)
    rows[0]["loss"] = 9.0
    assert history["loss"].tolist() == [2.0]


def test_best_takes_the_first_of_equal_rows_and_no_nan():
    history = History({"epoch": e, "f1": v} for e, v in enumerate([np.nan, 0.5, 0.9, 0.9, 0.5]))
    assert history.best("f1")["epoch"] == 1
    assert history.best("f1", mode="max")["epoch"] == 2
    with pytest.raises(ValueError, match="got 'highest'"):
        history.best("f1", mode="highest")


def test_frames_are_indexed_by_epoch_and_may_be_empty():
    frame = History([{"epoch": 3, "loss": 1.0}]).to_frame()
    assert frame.index.name == "epoch"
    assert frame.loc[3, "loss"] == 1.0
    assert len(History().to_frame()) == 0


def test_repr_shows_the_last_epoch():
    history = History([{"epoch": 0, "seconds": 9.0, "loss": 0.123456}])
    assert repr(history) == "History(1 epochs: loss 0.1235)"
    assert repr(History()) == "History(0 epochs)"
