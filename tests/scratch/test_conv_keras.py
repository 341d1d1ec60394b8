"""Convolution and pooling are those of Keras, in float32, to 1e-4, once the axes are moved."""

import numpy as np
import pytest

from labkit.scratch.conv import AvgPool2D, Conv2D, Flatten, MaxPool2D
from labkit.scratch.layers import Sequential

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("pool", ["max", "avg"])
def test_a_strided_convolution_and_a_pool_are_those_of_keras(pool):
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(0)
    conv = Conv2D(3, 4, 3, rng=rng, stride=2)
    conv.params["b"][:] = rng.normal(size=4)
    ours = Sequential([conv, {"max": MaxPool2D, "avg": AvgPool2D}[pool](2), Flatten()])
    layers = keras.layers
    theirs = keras.Sequential([keras.Input((11, 9, 3)), layers.Conv2D(4, 3, strides=2)])
    theirs.add({"max": layers.MaxPooling2D, "avg": layers.AveragePooling2D}[pool](2))
    theirs.set_weights([conv.params["w"].transpose(2, 3, 1, 0), conv.params["b"]])
    x = rng.normal(size=(5, 3, 11, 9))
    x_keras = tf.Variable(x.transpose(0, 2, 3, 1), dtype=tf.float32)
    with tf.GradientTape() as tape:
        y = theirs(x_keras)
        dy = rng.normal(size=y.shape)
        total = tf.reduce_sum(y * tf.constant(dy, tf.float32))
    dx, dw, db = tape.gradient(total, [x_keras, *theirs.trainable_variables])
    expected = y.numpy().transpose(0, 3, 1, 2).reshape(5, -1)  # channels first, then flattened
    assert np.abs(ours.forward(x) - expected).max() < 1e-4
    ours_dx = ours.backward(dy.transpose(0, 3, 1, 2).reshape(5, -1))
    assert np.abs(ours_dx - dx.numpy().transpose(0, 3, 1, 2)).max() < 1e-4
    assert np.abs(conv.grads["w"] - dw.numpy().transpose(3, 2, 0, 1)).max() < 1e-4
    assert np.abs(conv.grads["b"] - db.numpy()).max() < 1e-4
