"""Values and gradients are those of Keras, in float32, to 1e-5."""

import numpy as np
import pytest

from labkit.scratch import activations, losses
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.optim import SGD

pytestmark = pytest.mark.keras


def value_and_gradient(f, at):
    """Return f and the gradient of its sum, by TensorFlow."""
    import tensorflow as tf

    at = tf.Variable(at, dtype=tf.float32)
    with tf.GradientTape() as tape:
        value = f(at)
        total = tf.reduce_sum(value)
    return value.numpy(), tape.gradient(total, at).numpy()


@pytest.mark.parametrize(
    ("name", "theirs", "options"),
    [
        ("Linear", "linear", {}),
        ("PiecewiseLinear", "hard_tanh", {}),
        ("Sigmoid", "sigmoid", {}),
        ("Tanh", "tanh", {}),
        ("ReLU", "relu", {}),
        ("LeakyReLU", "leaky_relu", {"negative_slope": 0.01}),
        ("ELU", "elu", {}),
        ("Softplus", "softplus", {}),
        ("Softmax", "softmax", {}),
    ],
)
def test_an_activation_and_its_gradient_are_those_of_keras(name, theirs, options):
    import keras

    ours = getattr(activations, name)
    rng = np.random.default_rng(0)
    z, da = rng.normal(size=(7, 5), scale=3), rng.normal(size=(7, 5))
    value, gradient = value_and_gradient(
        lambda z: np.float32(da) * keras.activations.get(theirs)(z, **options), z
    )
    assert np.abs(da * ours.forward(z) - value).max() < 1e-5
    assert np.abs(ours.backward(z, da) - gradient).max() < 1e-5


@pytest.mark.parametrize(
    ("name", "theirs", "options", "targets"),
    [
        ("MAE", "MeanAbsoluteError", {}, "values"),
        ("MSE", "MeanSquaredError", {}, "values"),
        ("Huber", "Huber", {"delta": 1.0}, "values"),
        ("Hinge", "Hinge", {}, "signs"),
        ("KLDivergence", "KLDivergence", {}, "rows"),
        ("PoissonWithLogRate", "Poisson", {}, "counts"),
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
    if name in ("BinaryCrossEntropy", "KLDivergence"):
        y_pred = rng.uniform(0.05, 0.95, (7, 5))
    y = {
        "values": rng.normal(size=(7, 5)),
        "binary": rng.integers(2, size=(7, 5)),
        "labels": rng.integers(5, size=7),
        "one-hot": np.eye(5)[rng.integers(5, size=7)],
        "signs": rng.choice([-1, 1], (7, 5)),
        "rows": rng.dirichlet(np.ones(5), 7),
        "counts": rng.poisson(3, (7, 5)),
    }[targets]
    ours, loss_fn = getattr(losses, name), getattr(keras.losses, theirs)(**options)
    ours = ours(**options) if name == "Huber" else ours
    y_pred = y_pred / 3 if name == "PoissonWithLogRate" else y_pred  # e^9 is too large for 1e-5
    read = keras.ops.exp if name == "PoissonWithLogRate" else keras.ops.convert_to_tensor
    value, gradient = value_and_gradient(lambda y_pred: loss_fn(y, read(y_pred)), y_pred)
    assert abs(ours.forward(y_pred, y) - value) < 1e-5
    assert np.abs(ours.backward(y_pred, y) - gradient).max() < 1e-5


def test_a_net_its_gradients_and_its_steps_with_momentum_are_those_of_keras():
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(2)
    first, last = Dense(4, 6, rng=rng), Dense(6, 3, rng=rng)
    net = Sequential([first, Activation(activations.ELU), last])
    layers = keras.layers.Dense(6, "elu"), keras.layers.Dense(3)
    theirs = keras.Sequential([keras.Input((4,)), *layers])
    theirs.set_weights(list(net.params.values()))
    x, y = rng.normal(size=(7, 4)).astype(np.float32), rng.integers(3, size=7)
    optimizer, their_optimizer = SGD(0.3, momentum=0.9), keras.optimizers.SGD(0.3, momentum=0.9)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(3):
        logits = net.forward(x, training=True)
        net.backward(losses.SoftmaxCrossEntropy.backward(logits, y))
        with tf.GradientTape() as tape:
            their_logits = theirs(x)
            loss = loss_fn(y, their_logits)
        gradients = tape.gradient(loss, theirs.trainable_variables)
        assert np.abs(logits - their_logits.numpy()).max() < 1e-5
        for ours, gradient in zip(net.grads.values(), gradients, strict=True):
            assert np.abs(ours - gradient.numpy()).max() < 1e-5
        optimizer.step(net.params, net.grads)
        their_optimizer.apply(gradients, theirs.trainable_variables)
    for ours, array in zip(net.params.values(), theirs.get_weights(), strict=True):
        assert np.abs(ours - array).max() < 1e-5
