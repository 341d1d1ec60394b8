"""The chapter's forecasting network in Keras is the LSTM in NumPy, before and after training."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

from labkit.data import series

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("forecast_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week10_forecast_keras.py"))


def test_windows_are_the_views_of_labkit():
    x, y = reference["rows"]()
    ours, theirs = code["windows"](x, y, 12, 3), series.windows(x, y, length=12, horizon=3)
    for part, twin in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(part, twin)
        assert np.shares_memory(part, twin)


def test_the_forecast_is_that_of_numpy_before_and_after_training():
    keras.utils.set_random_seed(1)
    x, y = code["windows"](*reference["rows"](), 12, 3)
    net = code["network"](2, units=5)
    for _ in range(2):
        said = reference["forward"](net.get_weights(), x)
        np.testing.assert_allclose(code["forecast"](net, x), said, atol=1e-5)
        # One batch: the loss is that of the weights before the step.
        (loss,) = code["train"](net, x, y, 1, len(x), np.random.default_rng(0))
        assert loss == pytest.approx(np.mean((said - y) ** 2), rel=1e-4)


def test_training_beats_persistence_on_a_wave():
    keras.utils.set_random_seed(1)
    x, y = code["windows"](*reference["rows"](), 12, 6)
    net = code["network"](2, units=8)
    losses = code["train"](net, x, y, 30, 16, np.random.default_rng(0))
    assert losses[-1] < 0.3 * np.mean((x[:, -1, 1] - y) ** 2)
    assert losses[-1] < 0.2 * losses[0]
