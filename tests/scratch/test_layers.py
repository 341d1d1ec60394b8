"""Each layer's gradients are those of its outputs, alone and in a net; shapes are checked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch import activations, losses
from labkit.scratch.init import BY_NAME, glorot_uniform, he_normal, normal
from labkit.scratch.layers import Activation, Dense, Sequential

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 5)
SMOOTH = (activations.Linear, activations.Sigmoid, activations.Tanh, activations.Softplus)


@given(SEEDS, SIZES, SIZES, SIZES)
def test_the_gradients_of_a_dense_layer_are_those_of_its_outputs(seed, n, n_in, n_out):
    rng = np.random.default_rng(seed)
    layer = Dense(n_in, n_out, rng=rng, init=normal(1.0))
    x, dy = rng.normal(size=(n, n_in)), rng.normal(size=(n, n_out))

    def total(_):
        return (dy * layer.forward(x)).sum()

    layer.forward(x, training=True)
    dx, grads = layer.backward(dy), layer.grads
    assert grads.keys() == layer.params.keys()
    for name, gradient in grads.items():
        check_gradient(total, gradient, layer.params[name])
    check_gradient(total, dx, x)


@pytest.mark.parametrize("activation", SMOOTH)
@pytest.mark.parametrize(
    ("loss_fn", "labels"), [(losses.SoftmaxCrossEntropy, True), (losses.MSE, False)]
)
@given(seed=SEEDS)
def test_the_gradients_of_a_net_are_those_of_its_loss(activation, loss_fn, labels, seed):
    rng = np.random.default_rng(seed)
    layers = [Dense(3, 4, rng=rng), Activation(activation), Dense(4, 3, rng=rng)]
    net = Sequential([*layers, Activation(activations.Tanh), Dense(3, 2, rng=rng)])
    x = rng.normal(size=(5, 3))
    y = rng.integers(2, size=5) if labels else rng.normal(size=(5, 2))

    def loss(_):
        return loss_fn.forward(net.forward(x), y)

    dx = net.backward(loss_fn.backward(net.forward(x, training=True), y))
    grads = net.grads
    assert list(grads) == ["0.w", "0.b", "2.w", "2.b", "4.w", "4.b"]
    for name, array in net.params.items():
        check_gradient(loss, grads[name], array)
    check_gradient(loss, dx, x)


@given(SEEDS)
def test_an_activation_layer_takes_the_derivative_at_its_last_input(seed):
    z = np.random.default_rng(seed).normal(size=(2, 3))
    layer = Activation(activations.Softmax)
    layer.forward(z + 1e3)
    assert np.array_equal(layer.forward(z), activations.Softmax.forward(z))
    assert np.array_equal(layer.backward(z), activations.Softmax.backward(z, z))
    assert layer.params == layer.grads == {}


@given(SEEDS, SIZES, SIZES, SIZES)
def test_two_linear_layers_are_one(seed, n_in, h, n_out):
    rng = np.random.default_rng(seed)
    first, second = Dense(n_in, h, rng=rng), Dense(h, n_out, rng=rng)
    first.params["b"][:] = rng.normal(size=h)
    one = Dense(n_in, n_out, rng=rng, init=lambda *_: first.params["w"] @ second.params["w"])
    one.params["b"][:] = first.params["b"] @ second.params["w"]
    x = rng.normal(size=(4, n_in))
    assert np.allclose(Sequential([first, second]).forward(x), one.forward(x))


def test_a_layer_may_spare_the_gradient_of_its_inputs():
    def layer(wanted):
        return Dense(3, 2, rng=np.random.default_rng(0), input_gradient=wanted)

    with_it, without = layer(True), layer(False)
    x, dy = np.ones((4, 3)), np.arange(8.0).reshape(4, 2)
    assert np.array_equal(with_it.forward(x), without.forward(x))
    assert with_it.backward(dy).shape == (4, 3)
    assert without.backward(dy) is None
    for name in ("w", "b"):
        assert np.array_equal(with_it.grads[name], without.grads[name])


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    layers = Dense(3, 4, rng=rng, dtype=np.float32), Dense(4, 2, rng=rng, dtype=np.float32)
    net = Sequential([layers[0], Activation(activations.ELU), layers[1]])
    y = net.forward(np.ones((5, 3), np.float32))
    dx = net.backward(y)
    arrays = [y, dx, *net.params.values(), *net.grads.values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_the_parameters_of_a_net_are_those_of_its_layers():
    layer = Dense(2, 1, rng=np.random.default_rng(0))
    net = Sequential([layer, Sequential([Dense(1, 1, rng=np.random.default_rng(0))])])
    assert list(net.params) == ["0.w", "0.b", "1.0.w", "1.0.b"]
    net.params["0.w"] -= 7
    assert net.params["0.w"] is layer.params["w"]
    layer.params["w"] = np.ones((2, 1))
    assert net.params["0.w"] is layer.params["w"]


def test_given_weights_are_copied():
    w = np.ones((2, 1))
    Dense(2, 1, rng=None, init=lambda shape, rng: w).params["w"] += 1
    assert (w == 1).all()


@pytest.mark.parametrize("x", [np.zeros(3), np.zeros((4, 2)), np.zeros((2, 4, 3)), [[0, 0]]])
def test_a_dense_layer_refuses_inputs_of_another_shape(x):
    with pytest.raises(ValueError, match=r"x of shape \(n, 3\), got"):
        Dense(3, 2, rng=np.random.default_rng(0)).forward(x)


def test_a_dense_layer_refuses_an_unknown_initialiser():
    with pytest.raises(ValueError, match=r"\['glorot', 'he', 'zeros'\], got 'xavier'"):
        Dense(3, 2, rng=np.random.default_rng(0), init="xavier")


def test_a_net_refuses_the_same_layer_twice():
    layer = Dense(2, 2, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="make a second layer"):
        Sequential([layer, layer])


@pytest.mark.parametrize("name", BY_NAME)
def test_an_initialiser_by_name_is_its_function(name):
    layer = Dense(3, 4, rng=np.random.default_rng(1), init=name)
    w = BY_NAME[name]((3, 4), np.random.default_rng(1))
    assert np.array_equal(layer.params["w"], w)
    assert (layer.params["b"] == 0).all()


@pytest.mark.parametrize(("shape", "n_in", "n_out"), [((80, 40), 80, 40), ((3, 5, 8, 4), 120, 60)])
def test_initialisers_have_the_variance_they_promise(shape, n_in, n_out):
    def variance(init):
        rng = np.random.default_rng(0)
        draws = np.concatenate([init(shape, rng).ravel() for _ in range(40)])
        assert abs(draws.mean()) < 0.05 * draws.std()
        return draws.var()

    assert variance(glorot_uniform) == pytest.approx(2 / (n_in + n_out), rel=0.05)
    assert variance(he_normal) == pytest.approx(2 / n_in, rel=0.05)
    assert variance(normal(0.3)) == pytest.approx(0.09, rel=0.05)
    limit = np.sqrt(6 / (n_in + n_out))
    assert np.abs(glorot_uniform(shape, np.random.default_rng(0))).max() <= limit
