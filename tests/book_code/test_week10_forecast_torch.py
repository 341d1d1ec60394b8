"""The chapter's forecasting network in PyTorch is the LSTM in NumPy, before and after training."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from labkit.data import series

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("forecast_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week10_forecast_torch.py"))


def weights(net):
    """Return the weights in Keras's shapes and order."""
    lstm = [part.detach().numpy() for part in net.lstm.parameters()]
    out = [part.detach().numpy() for part in net.out.parameters()]
    return [lstm[0].T, lstm[1].T, lstm[2] + lstm[3], out[0].T, out[1]]


def test_windows_are_the_views_of_labkit():
    x, y = reference["rows"]()
    ours, theirs = code["windows"](x, y, 12, 3), series.windows(x, y, length=12, horizon=3)
    for part, twin in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(part, twin)
        assert np.shares_memory(part, twin)


def test_the_forecast_is_that_of_numpy_before_and_after_training():
    torch.manual_seed(1)
    x, y = code["windows"](*reference["rows"](), 12, 3)
    net = code["Network"](2, units=5)
    for _ in range(2):
        said = reference["forward"](weights(net), x)
        np.testing.assert_allclose(code["forecast"](net, x), said, atol=1e-5)
        # One batch: the loss is that of the weights before the step.
        (loss,) = code["train"](net, x, y, 1, len(x), np.random.default_rng(0))
        assert loss == pytest.approx(np.mean((said - y) ** 2), rel=1e-4)


def test_training_beats_persistence_on_a_wave():
    torch.manual_seed(1)
    x, y = code["windows"](*reference["rows"](), 12, 6)
    net = code["Network"](2, units=8)
    losses = code["train"](net, x, y, 30, 16, np.random.default_rng(0))
    assert losses[-1] < 0.3 * np.mean((x[:, -1, 1] - y) ** 2)
    assert losses[-1] < 0.2 * losses[0]
