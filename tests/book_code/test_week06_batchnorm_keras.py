"""The chapter's net with batch norm in Keras is the one in NumPy; its file holds all of it."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

# Keras's own callbacks hand TensorFlow's tensors to NumPy in a way that NumPy 2 deprecates.
ignored = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
pytestmark = [pytest.mark.keras, ignored]

reference = runpy.run_path(str(Path(__file__).with_name("batchnorm_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_batchnorm_keras.py"))


def test_keras_follows_numpy_for_ten_epochs_and_its_file_predicts_the_same(tmp_path):
    keras.utils.set_random_seed(1)
    (x, y), val, path = reference["rows"](), reference["rows"](n=32), tmp_path / "best.keras"
    net = code["network"](4, 3, units=5)
    w, _gamma, _beta, _mean, _var, w_out, b_out = net.get_weights()
    twin = reference["network"](w, w_out, b_out)
    losses = code["train"](net, x, y, val, 10, len(x), path)
    np.testing.assert_allclose(losses, reference["train"](twin, x, y, val, len(losses)), rtol=1e-4)
    assert len(losses) == 10
    assert np.argmin(losses) == 9
    np.testing.assert_allclose(code["predict"](net, x), twin.forward(x), atol=1e-4)
    again = code["load"](path)
    assert again is not net
    np.testing.assert_allclose(code["predict"](again, x), code["predict"](net, x), atol=1e-6)


def test_a_run_that_gets_worse_stops_and_keeps_its_best_weights(tmp_path):
    keras.utils.set_random_seed(1)
    x, y = reference["rows"]()
    val = x, (y + 1) % 3  # the better it learns, the worse it does here
    net = code["network"](4, 3, units=5)
    losses = code["train"](net, x, y, val, 30, 16, tmp_path / "best.keras", patience=2)
    assert len(losses) == int(np.argmin(losses)) + 1 + 2
    logits = code["predict"](net, x)
    proba = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    mine = -np.log(proba[np.arange(len(x)), val[1]]).mean()
    assert mine == pytest.approx(min(losses), rel=1e-4)
