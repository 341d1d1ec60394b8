"""Convolution and pooling are PyTorch's, forward and backward, in float64, to 1e-10."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.scratch.conv import AvgPool2D, Conv2D, MaxPool2D

pytestmark = pytest.mark.torch

SEEDS = st.integers(0, 2**32 - 1)


def leaf(array):
    import torch

    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def close(ours, theirs):
    """Compare an array with a tensor."""
    return np.allclose(ours, theirs.detach().numpy(), rtol=1e-10, atol=1e-10)


@settings(max_examples=100)
@given(
    seed=SEEDS,
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 3),
    dilation=st.integers(1, 3),
    extra=st.tuples(st.integers(0, 5), st.integers(0, 5)),
)
def test_a_convolution_and_its_gradients_are_those_of_torch(
    seed, channels, kernel, stride, padding, dilation, extra
):
    import torch

    rng = np.random.default_rng(seed)
    reach = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
    place = {"stride": stride, "padding": padding, "dilation": dilation}
    layer = Conv2D(*channels, kernel, rng=rng, **place)
    layer.params["b"][:] = rng.normal(size=channels[1])
    x = rng.normal(size=(2, channels[0], reach + extra[0], reach + extra[1]))
    w, b, x_torch = leaf(layer.params["w"]), leaf(layer.params["b"]), leaf(x)
    z = torch.nn.functional.conv2d(x_torch, w, b, **place)
    dz = rng.normal(size=z.shape)
    z.backward(torch.tensor(dz))
    assert close(layer.forward(x, training=True), z)
    assert close(layer.backward(dz), x_torch.grad)
    assert close(layer.grads["w"], w.grad)
    assert close(layer.grads["b"], b.grad)


@pytest.mark.parametrize("name", ["max", "avg"])
@settings(max_examples=100)
@given(
    seed=SEEDS,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 4),
    padded=st.booleans(),
    size=st.tuples(st.integers(4, 9), st.integers(4, 9)),
    tied=st.booleans(),
)
def test_a_pool_and_its_gradient_are_those_of_torch_with_ties_too(
    name, seed, kernel, stride, padded, size, tied
):
    import torch

    rng = np.random.default_rng(seed)
    x = rng.integers(3, size=(2, 2, *size)) * 1.0 if tied else rng.normal(size=(2, 2, *size))
    pool = {"max": MaxPool2D, "avg": AvgPool2D}[name]
    theirs = {"max": torch.nn.MaxPool2d, "avg": torch.nn.AvgPool2d}[name]
    place = {"stride": stride, "padding": padded * (kernel // 2)}
    layer, x_torch = pool(kernel, **place), leaf(x)
    y = theirs(kernel, **place)(x_torch)
    dy = rng.normal(size=y.shape)
    y.backward(torch.tensor(dy))
    assert close(layer.forward(x, training=True), y)
    assert close(layer.backward(dy), x_torch.grad)
