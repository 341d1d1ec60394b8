"""Batches of windows for Keras: every window once an epoch, gathered when asked for."""

import tracemalloc

import keras
import numpy as np
import pytest

from labkit.data import series
from labkit.data.series_keras import batches
from labkit.seeds import epoch_order

pytestmark = pytest.mark.keras


def cut(n=40):
    t = np.arange(n, dtype=np.float32)
    return series.windows(t[:, None], t, length=3, horizon=1)


def targets(made):
    return np.concatenate([made[i][1] for i in range(len(made))])


def test_an_epoch_visits_every_window_once_with_its_own_target():
    part = cut()
    made = batches(part, batch_size=8, seed=1)
    assert np.sort(targets(made)).tolist() == part.y.tolist()
    for x, y in (made[i] for i in range(len(made))):
        assert (x[:, -1, 0] + 1 == y).all()


def test_without_a_seed_the_order_is_that_of_time_in_every_epoch():
    part = cut()
    made = batches(part, batch_size=8)
    for _ in range(2):
        assert targets(made).tolist() == part.y.tolist()
        made.on_epoch_begin()


def test_each_epoch_has_its_own_order_and_a_seed_repeats_it():
    one, two = (batches(cut(), batch_size=8, seed=3) for _ in range(2))
    first = targets(one)
    assert targets(two).tolist() == first.tolist()
    one.on_epoch_begin()
    assert targets(one).tolist() == first.tolist(), "the first epoch is epoch 0"
    one.on_epoch_begin()
    assert targets(one).tolist() != first.tolist()


def test_fit_sees_the_same_windows_as_from_arrays():
    part = cut()
    losses = []
    for given in ((batches(part, batch_size=8),), (np.array(part.x), np.array(part.y))):
        keras.utils.set_random_seed(0)
        net = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
        net.compile("sgd", loss="mae")
        fit = net.fit(*given, batch_size=8 * (len(given) > 1) or None, shuffle=False, verbose=0)
        losses.append(fit.history["loss"][0])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_a_batch_copies_its_own_windows_only():
    table = np.zeros((100_000, 4), np.float32)
    made = batches(series.windows(table, table[:, 0], length=120, horizon=1), batch_size=64)
    tracemalloc.start()
    try:
        x, _ = made[3]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert x.shape == (64, 120, 4)
    assert peak < 3 * x.nbytes


def test_no_windows_and_no_batch_size_are_refused():
    with pytest.raises(ValueError, match="batch_size ≥ 1"):
        batches(cut(), batch_size=0)
    with pytest.raises(ValueError, match="expected windows"):
        batches(cut().take(slice(0)), batch_size=4)


@pytest.mark.parametrize("calls", [[3], [1, 1, 1]])
def test_each_epoch_of_fit_moves_the_order_on_by_one(calls):
    made = batches(cut(), batch_size=8, seed=2)
    net = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(1)])
    net.compile("sgd", loss="mse")
    for epochs in calls:
        net.fit(made, epochs=epochs, shuffle=False, verbose=0)
    assert made.epoch == 2  # the third, though Keras calls on_epoch_end six times
    assert made.order.tolist() == epoch_order(len(cut()), seed=2, epoch=2).tolist()
