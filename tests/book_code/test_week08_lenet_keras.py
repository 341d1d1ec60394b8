"""The chapter's LeNet in Keras is the one in NumPy, to single precision, once axes are moved."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("lenet_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week08_lenet_keras.py"))


def test_keras_follows_numpy_for_five_steps():
    keras.utils.set_random_seed(1)
    x, y = reference["photos"]()
    net = code["lenet"]()
    assert net.count_params() == 62_006
    pairs = [layer.get_weights() for layer in net.layers if layer.weights]
    convolutions = [(w.transpose(3, 2, 0, 1), b) for w, b in pairs[:2]]
    w, b = pairs[2]  # its rows are places with their channels; NumPy's channels with their places
    w = w.reshape(5, 5, 16, -1).transpose(2, 0, 1, 3).reshape(400, -1)
    twin = reference["lenet"](convolutions, [(w, b), *pairs[3:]])
    last = x.transpose(0, 2, 3, 1)  # channels last
    np.testing.assert_allclose(code["logits"](net, last), twin.forward(x), atol=1e-5)
    losses = code["train"](net, last, y, 5, len(x))
    np.testing.assert_allclose(losses, reference["train"](twin, x, y, 5), rtol=1e-3)
    np.testing.assert_allclose(code["logits"](net, last), twin.forward(x), atol=1e-2)


def test_batches_of_any_size_reduce_the_loss():
    keras.utils.set_random_seed(1)
    x, y = reference["photos"](10)
    losses = code["train"](code["lenet"](), x.transpose(0, 2, 3, 1), y, 30, 3)
    assert losses[-1] < 0.8 * losses[0]
