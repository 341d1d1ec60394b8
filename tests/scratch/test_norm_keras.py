"""Batch normalisation is that of Keras, in float64, to 1e-12: outputs, gradients, statistics."""

import numpy as np
import pytest

from labkit.scratch.norm import KERAS, BatchNorm

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("shape", [(2, 1), (7, 3), (3, 4, 4, 2)])
def test_five_batches_and_inference_are_those_of_keras(shape):
    import keras
    import tensorflow as tf

    rng, d = np.random.default_rng(0), shape[-1]
    theirs = keras.layers.BatchNormalization(dtype="float64")
    theirs.build(shape)
    ours = BatchNorm(d, **KERAS)
    ours.params["gamma"][:], ours.params["beta"][:] = rng.normal(size=(2, d))
    theirs.set_weights([*ours.params.values(), *theirs.get_weights()[2:]])
    for training in (True, True, False, True, True, False):
        x, dy = rng.normal(3, 2, shape), rng.normal(size=shape)
        x_tf = tf.Variable(x)
        with tf.GradientTape() as tape:
            y_tf = theirs(x_tf, training=training)
        parameters = [x_tf, theirs.gamma.value, theirs.beta.value]
        gradients = tape.gradient(y_tf, parameters, output_gradients=tf.constant(dy))
        pairs = [(ours.forward(x, training=training), y_tf), (ours.backward(dy), gradients[0])]
        pairs += [(ours.grads["gamma"], gradients[1]), (ours.grads["beta"], gradients[2])]
        pairs += [(ours.running_mean, theirs.moving_mean)]
        pairs += [(ours.running_var, theirs.moving_variance)]
        for array, tensor in pairs:
            assert np.allclose(array, np.asarray(tensor), rtol=1e-12, atol=1e-12)
