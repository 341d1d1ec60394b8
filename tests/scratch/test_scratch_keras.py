"""Values and gradients are those of Keras, in float32, to 1e-5."""

import numpy as np
import pytest

from labkit.scratch import activations, losses

pytestmark = pytest.mark.keras


def value_and_gradient(f, at):
    """Return f and the gradient of its sum, by TensorFlow."""
    import tensorflow as tf

    at = tf.Variable(at, dtype=tf.float32)
    with tf.GradientTape() as tape:
        value = f(at)
        total = tf.reduce_sum(value)
    return value.numpy(), tape.gradient(total, at).numpy()


@pytest.mark.parametrize("name", ["linear", "sigmoid", "tanh", "relu", "softmax"])
def test_an_activation_and_its_gradient_are_those_of_keras(name):
    import keras

    ours = {a.__name__.lower(): a for a in vars(activations).values() if isinstance(a, type)}[name]
    rng = np.random.default_rng(0)
    z, da = rng.normal(size=(7, 5), scale=3), rng.normal(size=(7, 5))
    value, gradient = value_and_gradient(
        lambda z: np.float32(da) * keras.activations.get(name)(z), z
    )
    assert np.abs(da * ours.forward(z) - value).max() < 1e-5
    assert np.abs(ours.backward(z, da) - gradient).max() < 1e-5


@pytest.mark.parametrize(
    ("name", "theirs", "options", "targets"),
    [
        ("MSE", "MeanSquaredError", {}, "values"),
        ("BinaryCrossEntropy", "BinaryCrossentropy", {}, "binary"),
        ("BinaryCrossEntropyWithLogits", "BinaryCrossentropy", {"from_logits": True}, "binary"),
        ("SoftmaxCrossEntropy", "SparseCategoricalCrossentropy", {"from_logits": True}, "labels"),
        ("SoftmaxCrossEntropy", "CategoricalCrossentropy", {"from_logits": True}, "one-hot"),
    ],
)
def test_a_loss_and_its_gradient_are_those_of_keras(name, theirs, options, targets):
    import keras

    rng = np.random.default_rng(1)
    y_pred = rng.normal(size=(7, 5), scale=3)
    if name == "BinaryCrossEntropy":
        y_pred = rng.uniform(0.05, 0.95, (7, 5))
    y = {
        "values": rng.normal(size=(7, 5)),
        "binary": rng.integers(2, size=(7, 5)),
        "labels": rng.integers(5, size=7),
        "one-hot": np.eye(5)[rng.integers(5, size=7)],
    }[targets]
    ours, loss_fn = getattr(losses, name), getattr(keras.losses, theirs)(**options)
    value, gradient = value_and_gradient(lambda y_pred: loss_fn(y, y_pred), y_pred)
    assert abs(ours.forward(y_pred, y) - value) < 1e-5
    assert np.abs(ours.backward(y_pred, y) - gradient).max() < 1e-5
