"""The chapter's U-Net in Keras is the one in NumPy, once axes are moved."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("unet_reference.py")))
code = runpy.run_path(
    str(Path(__file__).parents[2] / "book/code/week09_unet_keras.py"),
)


def last(x):
    return np.moveaxis(x, 1, -1)


def test_keras_gives_numpys_logits_with_its_weights():
    x, _ = reference["pictures"]()
    pairs = reference["parameters"]()
    net = code["unet"](3, 3, reference["WIDTHS"])
    assert net.count_params() == sum(w.size + b.size for w, b in pairs)
    layers = [layer for layer in net.layers if layer.weights]
    for layer, (w, b) in zip(layers, pairs, strict=True):
        # (out, in, k, k) -> (k, k, in, out); a transposed layer's (in, out, …) -> (k, k, out, in)
        layer.set_weights([w.transpose(2, 3, 1, 0), b])
    expected = last(reference["forward"](x, pairs))
    np.testing.assert_allclose(code["logits"](net, last(x)), expected, rtol=1e-3, atol=1e-3)


def test_training_reduces_the_loss():
    keras.utils.set_random_seed(1)
    x, y = reference["pictures"](6)
    y = (x[:, 0] > 0).astype(np.int64)  # a task that a pixel alone decides
    losses = code["train"](code["unet"](3, 2, (4, 8)), last(x), y, 100, 4)
    assert losses[-1] < 0.7 * losses[0]
