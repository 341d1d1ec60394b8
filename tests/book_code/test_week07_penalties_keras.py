"""The chapter's penalties in Keras are those in NumPy, to double precision."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

pytestmark = pytest.mark.keras

folder = Path(__file__).parents[2] / "book/code"
reference = runpy.run_path(str(folder / "week07_penalties_numpy.py"))
code = runpy.run_path(str(folder / "week07_penalties_keras.py"))


@pytest.fixture(autouse=True)
def double_precision():
    floatx, policy = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")  # a layer made before fixes it, whatever floatx says
    yield
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(policy)


def dense_weights(net):
    return [layer.kernel for layer in net.layers if isinstance(layer, keras.layers.Dense)]


def test_value_and_gradient_of_the_penalties_are_numpys():
    keras.utils.set_random_seed(0)
    net = code["network"](3, 5, a=0.25, b=0.75)
    *hidden, last = dense_weights(net)
    with tf.GradientTape() as tape:
        value = code["penalty"](net)
    gradients = tape.gradient(value, [w.value for w in (*hidden, last)])
    twins = [reference["l1_l2"](w.numpy(), 0.25, 0.75) for w in hidden]
    np.testing.assert_allclose(float(value), sum(v for v, _ in twins), rtol=1e-12)
    for ours, (_, gradient) in zip(gradients[:2], twins, strict=True):
        np.testing.assert_allclose(ours.numpy(), gradient, rtol=1e-12)
    assert gradients[2] is None, "the output layer has no penalty"


def test_the_penalty_is_in_the_validation_loss():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.integers(2, size=(20, 1)).astype(float)
    net = code["network"](3, 5, b=0.7, dropout=0.5, noise=0.1)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    net.compile("sgd", loss=bce)
    data_loss = float(bce(y, net(x, training=False)))
    total = data_loss + float(code["penalty"](net))
    np.testing.assert_allclose(net.evaluate(x, y, verbose=0), total, rtol=1e-9)


def test_max_norm_shortens_what_goes_into_a_unit():
    w = 2 * np.random.default_rng(0).normal(size=(3, 5))
    capped = np.array(keras.constraints.MaxNorm(0.6, axis=0)(keras.ops.convert_to_tensor(w)))
    np.testing.assert_allclose(capped, reference["max_norm"](w, 0.6), rtol=1e-6)
    net = code["network"](3, 5, c=0.6)
    net.compile("sgd", loss="mse")
    net.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    for kernel in dense_weights(net)[:2]:
        assert np.linalg.norm(kernel.numpy(), axis=0).max() < 0.6 + 1e-6


def test_adamw_takes_numpys_steps():
    rng = np.random.default_rng(0)
    w, gradients = rng.normal(size=8), rng.normal(size=(100, 8)) * np.logspace(-3, 3, 8)
    # Keras passes constants through 32 bits, so we take some that are exact there, and it adds
    # epsilon before the correction of the start, so we make it too small to matter.
    variable, optimizer = (
        keras.Variable(w, dtype="float64"),
        code["adamw"](1 / 128, 1 / 8, 2.0**-99),
    )
    optimizer.beta_1, optimizer.beta_2 = betas = 0.875, 1 - 2.0**-10
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g)], [variable])
    twin = reference["adamw"](w, gradients, 1 / 128, 1 / 8, *betas, epsilon=2.0**-99)
    np.testing.assert_allclose(variable.numpy(), twin, rtol=0, atol=1e-12)


def test_noise_and_dropout_act_in_training_only_and_anew_each_time():
    net, x = code["network"](3, 50, dropout=0.5, noise=0.1), np.ones((1, 3))
    assert not np.array_equal(net(x, training=True), net(x, training=True))
    assert np.array_equal(net(x, training=False), net(x, training=False))
    dropped = np.array(keras.layers.Dropout(0.25)(np.full((1000, 1000), 3.0), training=True))
    np.testing.assert_allclose(dropped.mean(), 3, rtol=0.003)
    np.testing.assert_allclose(np.unique(dropped), [0, 4], rtol=1e-6)


def test_the_name_accuracy_compares_logits_with_one_half():
    net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    net.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    z = np.array([[-1.0], [0.2], [0.4], [0.9]])
    _, accuracy = net.evaluate(z, np.array([[0.0], [1.0], [1.0], [1.0]]), verbose=0)
    assert accuracy == 0.5, "the two logits between 0 and ½ count as class 0"
