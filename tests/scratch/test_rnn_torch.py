"""Recurrent layers are PyTorch's with the same weights: outputs to 1e-10, gradients to 1e-8."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.scratch import rnn

pytestmark = pytest.mark.torch

SIZES = st.tuples(*(st.integers(1, top) for top in (8, 4, 5, 6)))  # steps, rows, features, hidden


def torch_twin(layer, name, n_in, n_hidden):
    """Return PyTorch's layer with a copy of the weights."""
    import torch

    twin = getattr(torch.nn, name)(n_in, n_hidden, dtype=torch.float64)
    for key, array in layer.params.items():
        kind = {"w": "weight", "b": "bias"}[key[0]]
        getattr(twin, f"{kind}_{key[2:]}_l0").data = torch.tensor(array)
    return twin


def leaves(arrays):
    import torch

    return [torch.tensor(array, requires_grad=True) for array in arrays]


def one_or_both(arrays):
    """Return an LSTM's pair (h, c) as it is, and the h of the other two alone."""
    return tuple(arrays) if len(arrays) == 2 else arrays[0]


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), sizes=SIZES, scale=st.sampled_from([0.3, 1.0, 5.0]))
def test_outputs_states_and_gradients_are_those_of_torch(name, seed, sizes, scale):
    import torch

    steps, n, n_in, n_hidden = sizes
    rng = np.random.default_rng(seed)
    layer = getattr(rnn, name)(n_in, n_hidden, rng=rng)
    for array in layer.params.values():
        array *= scale * np.sqrt(n_hidden)  # from nearly linear to saturated
    twin, parts = torch_twin(layer, name, n_in, n_hidden), 2 if name == "LSTM" else 1
    x, dy = rng.normal(size=(steps, n, n_in)), rng.normal(size=(steps, n, n_hidden))
    first, dlast = rng.normal(size=(2, parts, n, n_hidden))

    x_torch, *first_torch = leaves([x, *first])
    y_torch, last_torch = twin(x_torch, one_or_both([state[None] for state in first_torch]))
    last_torch = last_torch if parts == 2 else (last_torch,)
    arrive = [torch.tensor(dy), *(torch.tensor(d)[None] for d in dlast)]
    torch.autograd.backward([y_torch, *last_torch], arrive)

    y, last = layer.forward(x, one_or_both(first))
    dx, dfirst = layer.backward(dy, one_or_both(dlast))
    last, dfirst = (pair if parts == 2 else (pair,) for pair in (last, dfirst))
    forward = {"rtol": 1e-10, "atol": 1e-10}
    np.testing.assert_allclose(y, y_torch.detach(), **forward)
    for ours, theirs in zip(last, last_torch, strict=True):
        np.testing.assert_allclose(ours, theirs[0].detach(), **forward)
    backward = {"rtol": 1e-8, "atol": 1e-8}
    np.testing.assert_allclose(dx, x_torch.grad, **backward)
    for ours, theirs in zip(dfirst, first_torch, strict=True):
        np.testing.assert_allclose(ours, theirs.grad, **backward)
    for key, ours in layer.grads.items():
        kind = {"w": "weight", "b": "bias"}[key[0]]
        theirs = getattr(twin, f"{kind}_{key[2:]}_l0").grad
        np.testing.assert_allclose(ours, theirs, err_msg=key, **backward)
