"""Batch normalisation is PyTorch's, in float64, to 1e-12: outputs, gradients, statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.scratch.norm import TORCH, BatchNorm

pytestmark = pytest.mark.torch


def near(ours, tensor):
    return np.allclose(ours, tensor.detach().numpy(), rtol=1e-12, atol=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(2, 1), (7, 3), (3, 4, 4, 2)]))
def test_five_batches_and_inference_are_those_of_torch(seed, shape):
    import torch

    rng, d = np.random.default_rng(seed), shape[-1]
    theirs = (torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d)(d).double()
    ours = BatchNorm(d, **TORCH)
    for name, array in (("weight", ours.params["gamma"]), ("bias", ours.params["beta"])):
        array[:] = rng.normal(size=d)
        getattr(theirs, name).data = torch.tensor(array)
    last, first = ((0, -1, *range(1, len(shape) - 1)), (0, *range(2, len(shape)), 1))
    for training in (True, True, False, True, True, False):
        theirs.train(training)
        x, dy = rng.normal(3, 2, shape), rng.normal(size=shape)
        x_torch = torch.tensor(x.transpose(last), requires_grad=True)  # channels first
        theirs.zero_grad()
        y_torch = theirs(x_torch)
        y_torch.backward(torch.tensor(dy.transpose(last)))
        assert near(ours.forward(x, training=training), y_torch.permute(first))
        assert near(ours.backward(dy), x_torch.grad.permute(first))
        assert near(ours.grads["gamma"], theirs.weight.grad)
        assert near(ours.grads["beta"], theirs.bias.grad)
        assert near(ours.running_mean, theirs.running_mean)
        assert near(ours.running_var, theirs.running_var)
