"""A run ends exactly `patience` epochs after its best one."""

import numpy as np
import pytest

from labkit.scratch.layers import Dense, Sequential
from labkit.scratch.losses import MSE
from labkit.scratch.optim import SGD
from labkit.train import fit_numpy, stop_early


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("patience", [1, 4])
def test_a_run_ends_when_patience_is_used_up(patience, mode):
    wave = iter([3.0, 2.0, 1.0, *[1.5] * 50])
    net = Sequential([Dense(1, 1, rng=np.random.default_rng(0))])
    rows = np.ones((4, 1)), np.zeros((4, 1))
    sign = 1 if mode == "min" else -1
    history = fit_numpy(
        net,
        rows,
        loss_fn=MSE,
        optimizer=SGD(0.0),
        epochs=40,
        metrics={"wave": lambda y_true, y_pred: sign * next(wave)},
        on_epoch=stop_early("wave", patience=patience, mode=mode),
    )
    assert history.best("wave", mode=mode)["epoch"] == 2
    assert len(history) == 3 + patience


def test_without_patience_no_run_would_begin():
    with pytest.raises(ValueError, match="at least one epoch, got 0"):
        stop_early(patience=0)
