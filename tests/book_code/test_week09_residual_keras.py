"""The chapter's residual net in Keras is the one in NumPy, in training and in inference."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("residual_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week09_residual_keras.py"))


def test_keras_gives_numpys_logits_in_training_and_in_inference():
    keras.utils.set_random_seed(1)
    net, x = code["small_resnet"](), reference["pictures"]()
    assert sum(np.prod(v.shape) for v in net.trainable_variables) == 19_754
    found = [layer for layer in net.layers if isinstance(layer, keras.layers.Conv2D)]
    found.sort(key=lambda layer: layer.kernel_size, reverse=True)  # the 1 × 1 last
    pairs = [(w.transpose(3, 2, 0, 1), b) for w, b in (layer.get_weights() for layer in found)]
    twin = reference["Net"](pairs, net.layers[-1].get_weights(), unbiased=False)
    last = x.transpose(0, 2, 3, 1)  # channels last
    for training in (False, True, True, False):  # inference before, and with moved statistics
        ours, theirs = (
            code["logits"](net, last, training=training),
            twin.logits(x, training=training),
        )
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_same_padding_with_a_stride_is_another_convolution():
    x = np.arange(36, dtype=np.float32).reshape(1, 6, 6, 1)
    layer = keras.layers.Conv2D(1, 3, 2, padding="same", kernel_initializer="ones")
    one_side = keras.ops.convert_to_numpy(layer(x))
    layer = keras.layers.Conv2D(1, 3, 2, kernel_initializer="ones")
    both_sides = keras.ops.convert_to_numpy(layer(keras.layers.ZeroPadding2D(1)(x)))
    assert one_side.shape == both_sides.shape
    assert not np.allclose(one_side, both_sides)
