"""One seed decides every draw, and a row order depends on the seed and the epoch alone."""

import random
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.seeds import epoch_order, seed_everything


def test_seed_everything_repeats_every_draw():
    def draws():
        rng = seed_everything(7)
        return random.random(), np.random.rand(), rng.random()  # noqa: NPY002

    assert draws() == draws()
    assert seed_everything(8).random() != seed_everything(7).random()


def test_seed_everything_seeds_the_frameworks_that_are_loaded_and_loads_none(monkeypatch):
    seeds = []
    for name in ("torch", "keras"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    seed_everything(3)
    assert "torch" not in sys.modules
    assert "keras" not in sys.modules
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(manual_seed=seeds.append))
    utils = SimpleNamespace(set_random_seed=lambda seed: seeds.append(-seed))
    monkeypatch.setitem(sys.modules, "keras", SimpleNamespace(utils=utils))
    seed_everything(3)
    assert seeds == [3, -3]


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_everything_refuses_a_seed_out_of_range(seed):
    with pytest.raises(ValueError, match=f"got {seed}"):
        seed_everything(seed)


@given(st.integers(0, 200), st.integers(0, 2**40), st.integers(0, 1000))
def test_epoch_order_holds_every_row_once_and_repeats(n, seed, epoch):
    order = epoch_order(n, seed=seed, epoch=epoch)
    assert sorted(order.tolist()) == list(range(n))
    random.seed(epoch)  # the global state has no say
    assert (epoch_order(n, seed=seed, epoch=epoch) == order).all()


def test_epochs_and_seeds_give_different_orders():
    orders = {tuple(epoch_order(20, seed=s, epoch=e)) for s in range(5) for e in range(5)}
    assert len(orders) == 25


def test_epoch_order_is_the_same_on_every_machine():
    assert epoch_order(8, seed=0, epoch=0).tolist() == [2, 4, 3, 6, 5, 0, 1, 7]
    assert epoch_order(8, seed=1, epoch=2).tolist() == [6, 0, 7, 5, 1, 4, 3, 2]
