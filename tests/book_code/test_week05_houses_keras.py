"""The chapter's regression network in Keras is the one in NumPy, to single precision."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("houses_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week05_houses_keras.py"))


def test_keras_follows_numpy_for_ten_epochs():
    keras.utils.set_random_seed(1)
    x, y = reference["rows"]()
    net = code["network"](3, units=5)
    twin = reference["network"]([layer.get_weights() for layer in net.layers])
    np.testing.assert_allclose(code["predict"](net, x), twin.forward(x)[:, 0], atol=1e-5)
    losses = code["train"](net, x, y, 10, len(x))
    np.testing.assert_allclose(losses, reference["train"](twin, x, y, 10), rtol=1e-4)
    np.testing.assert_allclose(code["predict"](net, x), twin.forward(x)[:, 0], atol=1e-3)


def test_batches_of_any_size_reduce_the_error():
    keras.utils.set_random_seed(1)
    x, y = reference["rows"]()
    losses = code["train"](code["network"](3), x, y, 60, 7)
    assert losses[-1] < 0.2 * losses[0]
