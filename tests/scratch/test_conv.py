"""Convolution and pooling by their definitions; gradients are those of the outputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch import activations, losses
from labkit.scratch.conv import AvgPool2D, Conv2D, Flatten, MaxPool2D, col2im, im2col, output_size
from labkit.scratch.init import normal
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.optim import SGD
from labkit.train import fit_numpy

SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def places(draw):
    """Draw a kernel, where it goes, and a picture (h, w) that it fits in."""
    kernel, stride, padding = (draw(st.integers(a, b)) for a, b in ((1, 3), (1, 3), (0, 2)))
    dilation = draw(st.integers(1, 2))
    reach = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
    size = tuple(reach + draw(st.integers(0, 4)) for _ in range(2))
    return kernel, {"stride": stride, "padding": padding, "dilation": dilation}, size


def by_definition(x, w, b, stride, padding, dilation):
    """Return the sums one output at a time."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    k = w.shape[-1]
    reach = dilation * (k - 1) + 1
    h, v = ((size - reach) // stride + 1 for size in x.shape[2:])
    z = np.empty((len(x), len(w), h, v))
    for n, o, i, j in np.ndindex(z.shape):
        top, left = i * stride, j * stride
        patch = x[n, :, top : top + reach : dilation, left : left + reach : dilation]
        z[n, o, i, j] = (patch * w[o]).sum() + b[o]
    return z


@given(SEEDS, places())
def test_a_convolution_is_the_sum_of_its_definition(seed, place):
    kernel, options, size = place
    rng = np.random.default_rng(seed)
    layer = Conv2D(2, 3, kernel, rng=rng, **options)
    layer.params["b"][:] = rng.normal(size=3)
    x = rng.normal(size=(2, 2, *size))
    z = by_definition(x, layer.params["w"], layer.params["b"], **options)
    np.testing.assert_allclose(layer.forward(x), z, atol=1e-12)
    assert z.shape[2:] == tuple(output_size(s, kernel, **options) for s in size)


@settings(max_examples=25)
@given(SEEDS, places())
def test_the_gradients_of_a_convolution_are_those_of_its_outputs(seed, place):
    kernel, options, size = place
    rng = np.random.default_rng(seed)
    layer = Conv2D(2, 2, kernel, rng=rng, init=normal(1.0), **options)
    x = rng.normal(size=(2, 2, *size))
    dz = rng.normal(size=layer.forward(x).shape)

    def total(_):
        return (dz * layer.forward(x)).sum()

    dx, grads = layer.backward(dz), layer.grads
    assert grads.keys() == layer.params.keys()
    for name, gradient in grads.items():
        check_gradient(total, gradient, layer.params[name])
    check_gradient(total, dx, x)


@given(SEEDS, places())
def test_col2im_is_the_transpose_of_im2col(seed, place):
    kernel, options, size = place
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2, 3, *size))
    columns = im2col(x, kernel, **options)
    other = rng.normal(size=columns.shape)
    back = col2im(other, x.shape, kernel, **options)
    assert (columns * other).sum() == pytest.approx((x * back).sum(), abs=1e-9)


@pytest.mark.parametrize("pool", [MaxPool2D, AvgPool2D])
@settings(max_examples=25)
@given(seed=SEEDS, kernel=st.integers(1, 3), stride=st.integers(1, 3), padded=st.booleans())
def test_the_gradients_of_a_pool_are_those_of_its_outputs(pool, seed, kernel, stride, padded):
    rng = np.random.default_rng(seed)
    layer = pool(kernel, stride=stride, padding=padded * kernel // 2)
    x = rng.permutation(2 * 2 * 5 * 6).reshape(2, 2, 5, 6) * 0.1  # no two are equal
    dy = rng.normal(size=layer.forward(x).shape)
    dx = layer.backward(dy)
    check_gradient(lambda x: (dy * layer.forward(x)).sum(), dx, x)


def test_of_equal_maxima_the_first_gets_the_gradient():
    pool = MaxPool2D(2)
    pool.forward(np.ones((1, 1, 4, 4)))
    expected = np.zeros((4, 4))
    expected[::2, ::2] = [[1, 2], [3, 4]]
    assert np.array_equal(pool.backward(np.array([[[[1.0, 2], [3, 4]]]]))[0, 0], expected)


def test_overlapping_windows_add_their_gradients_in_a_shared_maximum():
    pool = MaxPool2D(3, stride=1)
    x = np.zeros((1, 1, 3, 4))
    x[0, 0, 1, 1] = 1
    pool.forward(x)
    assert pool.backward(np.array([[[[2.0, 3.0]]]]))[0, 0, 1, 1] == 5


def test_padding_is_never_the_maximum_and_counts_in_the_mean():
    x = np.full((1, 1, 2, 2), -4.0)
    assert (MaxPool2D(2, padding=1).forward(x) == -4).all()
    assert (AvgPool2D(2, padding=1).forward(x) == -1).all()


@given(SEEDS)
def test_a_1x1_convolution_is_a_dense_layer_at_each_pixel(seed):
    rng = np.random.default_rng(seed)
    conv = Conv2D(3, 4, 1, rng=rng)
    dense = Dense(3, 4, rng=rng, init=lambda *_: conv.params["w"][:, :, 0, 0].T)
    x = rng.normal(size=(2, 3, 4, 5))
    pixels = dense.forward(x.transpose(0, 2, 3, 1).reshape(-1, 3))
    expected = pixels.reshape(2, 4, 5, 4).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(conv.forward(x), expected, atol=1e-12)


# Few seeds: among many there is one whose maximum changes hands within a difference's step.
@pytest.mark.parametrize("seed", range(3))
def test_a_net_of_all_these_layers_has_the_gradients_of_its_loss(seed):
    rng = np.random.default_rng(seed)
    layers = [Conv2D(1, 2, 3, rng=rng, padding=1), Activation(activations.Tanh), MaxPool2D(2)]
    layers += [Conv2D(2, 3, 2, rng=rng), Activation(activations.Tanh), AvgPool2D(2, stride=1)]
    net = Sequential([*layers, Flatten(), Dense(3 * 4, 2, rng=rng)])
    x, y = rng.normal(size=(3, 1, 8, 8)), rng.integers(2, size=3)

    def loss(_):
        return losses.SoftmaxCrossEntropy.forward(net.forward(x), y)

    logits = net.forward(x, training=True)
    assert logits.shape == (3, 2)
    dx = net.backward(losses.SoftmaxCrossEntropy.backward(logits, y))
    grads = net.grads
    assert list(grads) == ["0.w", "0.b", "3.w", "3.b", "7.w", "7.b"]
    for name, array in net.params.items():
        check_gradient(loss, grads[name], array)
    check_gradient(loss, dx, x)


def test_a_convolutional_net_learns_where_a_dot_is_not():
    rng = np.random.default_rng(0)
    x, y = np.zeros((64, 1, 6, 6), np.float32), rng.integers(2, size=64)
    for i, (row, column) in enumerate(rng.integers(4, size=(64, 2))):
        shape = np.eye(3) if y[i] else np.eye(3)[::-1]  # a stroke up or down, anywhere
        x[i, 0, row : row + 3, column : column + 3] = shape
    options = {"rng": rng, "dtype": np.float32}
    layers = [Conv2D(1, 4, 3, init="he", input_gradient=False, **options)]
    layers += [Activation(activations.ReLU), MaxPool2D(4), Flatten(), Dense(4, 2, **options)]
    net = Sequential(layers)
    settings = {"loss_fn": losses.SoftmaxCrossEntropy, "optimizer": SGD(0.1, momentum=0.9)}
    history = fit_numpy(net, (x, y), epochs=40, batch_size=16, **settings)
    assert history["loss"][-1] < 0.05
    assert {array.dtype for array in [*net.params.values(), *net.grads.values()]} == {
        np.dtype(np.float32)
    }


def test_a_first_layer_may_spare_the_gradient_of_its_inputs():
    layer = Conv2D(1, 1, 2, rng=np.random.default_rng(0), input_gradient=False)
    layer.forward(np.ones((1, 1, 3, 3)))
    assert layer.backward(np.ones((1, 1, 2, 2))) is None
    assert (layer.grads["w"] == 4).all()


def test_the_initialiser_is_given_the_window_first():
    shapes = []
    Conv2D(3, 5, 2, rng=None, init=lambda shape, rng: shapes.append(shape) or np.zeros(shape))
    assert shapes == [(2, 2, 3, 5)]


@pytest.mark.parametrize("x", [np.zeros((2, 8, 8)), np.zeros((2, 8, 8, 3)), np.zeros((2, 1, 8, 8))])
def test_a_convolution_refuses_inputs_of_another_shape(x):
    with pytest.raises(ValueError, match=r"\(n, 3, h, w\), got"):
        Conv2D(3, 2, 3, rng=np.random.default_rng(0)).forward(x)


def test_a_pool_refuses_pictures_without_a_channel_axis():
    with pytest.raises(ValueError, match="channels first"):
        MaxPool2D(2).forward(np.zeros((5, 8, 8)))


def test_a_window_larger_than_the_picture_is_refused_with_its_size():
    with pytest.raises(ValueError, match=r"at most 4 pixels .* got 5; pad more"):
        Conv2D(1, 1, 5, rng=np.random.default_rng(0), padding=1).forward(np.zeros((1, 1, 2, 2)))
    with pytest.raises(ValueError, match=r"at most 4 pixels .* got 5"):
        output_size(4, 3, dilation=2)


@pytest.mark.parametrize("options", [{"stride": 0}, {"padding": -1}, {"dilation": 0}])
def test_sizes_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="≥ 1 and padding ≥ 0"):
        output_size(8, 3, **options)


def test_a_pool_refuses_more_padding_than_half_its_kernel():
    with pytest.raises(ValueError, match="half of 3, got 2"):
        AvgPool2D(3, padding=2)


def test_a_convolution_refuses_an_unknown_initialiser():
    with pytest.raises(ValueError, match=r"\['glorot', 'he', 'zeros'\], got 'xavier'"):
        Conv2D(1, 1, 1, rng=None, init="xavier")
