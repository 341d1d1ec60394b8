"""Splits keep rows and targets together, hold out disjoint parts, and data sets know themselves."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.types import Dataset, Split, Splits


def numbered(n, k=1):
    """Return n rows whose input is their own number."""
    return Splits(Split(np.arange(n), np.arange(n) % k))


def test_split_refuses_lengths_that_differ():
    with pytest.raises(ValueError, match="3 rows and 2 targets"):
        Split(np.zeros(3), np.zeros(2))


def test_split_unpacks_counts_takes_rows_and_cannot_change():
    split = Split(np.arange(4), np.arange(4) * 10)
    x, _ = split
    assert x is split.x
    assert len(split) == 4
    assert split.take([3, 0]).y.tolist() == [30, 0]
    assert split.take(slice(1, 3)).x.tolist() == [1, 2]
    with pytest.raises(dataclasses.FrozenInstanceError):
        split.x = None
    assert split == split
    assert split != Split(np.arange(4), np.arange(4))


@given(st.integers(3, 60), st.data())
def test_hold_out_gives_disjoint_parts_of_the_sizes_asked_for(n, data):
    val = data.draw(st.integers(0, n - 2))
    test = data.draw(st.integers(0, n - 1 - val))
    stratify = data.draw(st.booleans())
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    parts = numbered(n, 3).hold_out(rng=rng, val=val, test=test, stratify=stratify)
    rows = [part.x.tolist() if part is not None else [] for part in parts]
    assert [len(part) for part in rows] == [n - val - test, val, test]
    assert sorted(row for part in rows for row in part) == list(range(n))
    assert all((part.y == part.x % 3).all() for part in parts if part is not None)


@given(st.lists(st.integers(0, 3), min_size=8, max_size=80), st.floats(0.2, 0.6))
def test_stratified_parts_keep_the_classes_shares(labels, share):
    y = np.array(labels)
    rng = np.random.default_rng(0)
    parts = Splits(Split(y, y)).hold_out(rng=rng, test=share, stratify=True)
    size, k = len(parts.test), len(np.unique(y))
    for label in np.unique(y):
        expected = size * np.mean(y == label)
        assert abs((parts.test.y == label).sum() - expected) <= 0.5 + k / 2


def test_hold_out_depends_on_the_generator_alone():
    held = [numbered(50).hold_out(rng=np.random.default_rng(s), val=10).val.x for s in (1, 1, 2)]
    assert (held[0] == held[1]).all()
    assert (held[0] != held[2]).any()


def test_hold_out_counts_a_fraction_of_todays_rows_in_any_float_type():
    for share in (0.25, np.float32(0.25), np.float64(0.25)):
        assert len(numbered(40).hold_out(rng=np.random.default_rng(0), val=share).val) == 10


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"val": 5, "test": 5}, "leave training rows out of 10"),
        ({"val": -1}, "leave training rows"),
        ({"val": 1.0}, "leave training rows"),
        ({"val": 0.01}, "at least one val row"),
    ],
)
def test_hold_out_refuses_parts_that_do_not_fit(sizes, message):
    with pytest.raises(ValueError, match=message):
        numbered(10).hold_out(rng=np.random.default_rng(0), **sizes)


def test_hold_out_refuses_to_replace_a_part_that_the_source_defines():
    splits = Splits(Split(np.zeros(4), np.zeros(4)), test=Split(np.zeros(2), np.zeros(2)))
    with pytest.raises(ValueError, match="no test rows yet, got 2"):
        splits.hold_out(rng=np.random.default_rng(0), test=1)
    assert len(splits.hold_out(rng=np.random.default_rng(0), val=1).test) == 2


def test_a_data_set_unpacks_describes_itself_and_keeps_its_origin_when_cut():
    rows = Split(np.zeros((1200, 2)), np.zeros(1200))
    dataset = Dataset(rows, test=rows, id="moons", title="Two moons", licence="CC0", source="made")
    train, val, test = dataset
    assert train is rows
    assert val is None
    assert test is rows
    assert str(dataset) == "moons: Two moons (1,200 train, 1,200 test) · CC0 · from made"
    cut = dataset.hold_out(rng=np.random.default_rng(0), val=200)
    assert isinstance(cut, Dataset)
    assert (cut.id, cut.source, len(cut.train), len(cut.val)) == ("moons", "made", 1000, 200)
