"""Batch normalisation: what it does to a batch, its gradients, its running statistics, its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch import activations, losses
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.norm import KERAS, TORCH, BatchNorm

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.sampled_from([(2, 1), (5, 3), (3, 2, 2, 4)])
OPTIONS = st.sampled_from([TORCH, KERAS])


def layer_and_rows(seed, shape, options=TORCH):
    """Return a layer with parameters and statistics of its own, x, and dL/dy."""
    rng = np.random.default_rng(seed)
    layer = BatchNorm(shape[-1], **options)
    layer.params["gamma"][:] = rng.normal(1, 0.5, shape[-1])
    layer.params["beta"][:] = rng.normal(size=shape[-1])
    layer.running_mean = rng.normal(size=shape[-1])
    layer.running_var = rng.uniform(0.5, 2, shape[-1])
    return layer, rng.normal(3, 2, shape), rng.normal(size=shape)


@given(SEEDS, SHAPES)
def test_in_training_each_feature_gets_mean_beta_and_deviation_gamma(seed, shape):
    layer, x, _ = layer_and_rows(seed, shape)
    layer.eps = 1e-15
    y = layer.forward(x, training=True).reshape(-1, shape[-1])
    assert np.allclose(y.mean(axis=0), layer.params["beta"])
    assert np.allclose(y.std(axis=0), np.abs(layer.params["gamma"]))


@given(SEEDS, SHAPES, OPTIONS, st.booleans())
def test_the_gradients_are_those_of_the_outputs(seed, shape, options, training):
    layer, x, dy = layer_and_rows(seed, shape, options | {"keep": 1.0})  # statistics stay fixed

    def total(_):
        return (dy * layer.forward(x, training=training)).sum()

    layer.forward(x, training=training)
    dx, grads = layer.backward(dy), layer.grads
    assert grads.keys() == layer.params.keys()
    for name, gradient in grads.items():
        check_gradient(total, gradient, layer.params[name], tolerance=1e-5)
    # Two rows fix x̂ at ±1 and dx at 0: compare with the size of its parts, far from 0.
    scale = np.abs(layer._scale).max() * np.abs(dy).max() / 10
    check_gradient(lambda x: total(x) / scale + 50 * x.sum(), dx / scale + 50, x, tolerance=1e-5)


@given(SEEDS, SHAPES)
def test_the_columns_of_dx_sum_to_zero_and_are_orthogonal_to_x_hat(seed, shape):
    layer, x, dy = layer_and_rows(seed, shape)
    layer.eps = 1e-15
    layer.forward(x, training=True)
    # In units of γ/√v: two rows 1e-6 apart make dx, and its rounding, a million times larger.
    dx = (layer.backward(dy) / np.abs(layer._scale)).reshape(-1, shape[-1])
    x_hat = layer._x_hat.reshape(-1, shape[-1])
    assert np.abs(dx.sum(axis=0)).max() < 1e-6
    assert np.abs((dx * x_hat).sum(axis=0)).max() < 1e-6


@given(SEEDS, st.floats(0.1, 50), st.floats(-50, 50))
def test_training_outputs_ignore_the_scale_and_the_shift_of_a_feature(seed, scale, shift):
    layer, x, _ = layer_and_rows(seed, (6, 3))
    layer.eps = 1e-15
    y = layer.forward(x, training=True)
    assert np.allclose(layer.forward(scale * x + shift, training=True), y)


@given(SEEDS, SHAPES, OPTIONS)
def test_inference_treats_each_row_alone_and_changes_nothing(seed, shape, options):
    layer, x, _ = layer_and_rows(seed, shape, options)
    before = layer.running_mean.copy(), layer.running_var.copy()
    whole = layer.forward(x)
    rows = np.concatenate([layer.forward(x[i : i + 1]) for i in range(len(x))])
    assert np.array_equal(whole, rows)
    assert np.array_equal(layer.running_mean, before[0])
    assert np.array_equal(layer.running_var, before[1])


def test_after_78_updates_the_first_statistics_still_weigh_46_percent_in_keras():
    layer, x = BatchNorm(1, **KERAS), np.array([[9.0], [11.0]])
    for _ in range(78):
        layer.forward(x, training=True)
    assert layer.running_mean / 10 == pytest.approx(1 - 0.99**78)
    assert round(0.99**78, 2) == 0.46


def test_the_running_variance_divides_by_one_less_only_if_unbiased():
    x = np.array([[0.0], [3.0], [6.0]])  # variance 6, unbiased 9
    for unbiased, expected in ((False, 6), (True, 9)):
        layer = BatchNorm(1, keep=0.0, unbiased=unbiased)
        layer.forward(x, training=True)
        assert layer.running_var == pytest.approx(expected)


def test_a_large_mean_costs_no_digits_of_the_variance():
    x = 1e8 + np.array([[-1.0], [1.0]] * 50)
    assert np.allclose(BatchNorm(1).forward(x, training=True), np.sign(x - 1e8), atol=1e-5)


def test_the_gradients_of_a_net_with_batch_norm_are_those_of_its_loss():
    rng = np.random.default_rng(0)
    norm = BatchNorm(4, keep=1.0)
    layers = [Dense(3, 4, rng=rng), norm, Activation(activations.Tanh), Dense(4, 2, rng=rng)]
    net, x, y = Sequential(layers), rng.normal(size=(6, 3)), rng.integers(2, size=6)

    def loss(_):
        return losses.SoftmaxCrossEntropy.forward(net.forward(x, training=True), y)

    dx = net.backward(losses.SoftmaxCrossEntropy.backward(net.forward(x, training=True), y))
    grads = net.grads
    assert list(grads) == ["0.w", "0.b", "1.gamma", "1.beta", "3.w", "3.b"]
    assert np.abs(grads.pop("0.b")).max() < 1e-16, "a bias before batch norm is idle"
    for name, gradient in grads.items():
        check_gradient(loss, gradient, net.params[name])
    check_gradient(loss, dx, x)


def test_float32_stays_float32():
    layer = BatchNorm(3, dtype=np.float32)
    y = layer.forward(np.eye(4, 3, dtype=np.float32), training=True)
    arrays = [y, layer.backward(y), *layer.grads.values(), layer.running_mean, layer.running_var]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("shape", [(3,), (4, 2), (2, 3, 4)])
def test_inputs_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"x of shape \(n, …, 3\), got"):
        BatchNorm(3).forward(np.zeros(shape))


def test_one_row_is_refused_in_training_and_welcome_later():
    with pytest.raises(ValueError, match="two rows or more in training, got 1"):
        BatchNorm(3).forward(np.zeros((1, 3)), training=True)
    assert BatchNorm(3).forward(np.zeros((1, 3))).shape == (1, 3)


@pytest.mark.parametrize("options", [{"keep": 1.1}, {"keep": -0.1}, {"eps": 0}, {"eps": -1e-5}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="keep in"):
        BatchNorm(3, **options)
