"""Recurrent layers by their equations; gradients are those of the outputs; states go in and out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch.activations import Sigmoid
from labkit.scratch.rnn import GRU, LSTM, RNN

LAYERS = pytest.mark.parametrize("layer_class", [RNN, LSTM, GRU])
SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.tuples(*(st.integers(1, top) for top in (5, 3, 3, 3)))  # steps, rows, features, hidden


def states(layer_class, array):
    """Return an LSTM's pair of (2, n, h), and the first of the two for the others."""
    return tuple(array) if layer_class is LSTM else array[0]


def draw(layer_class, seed, sizes, **options):
    """Return a layer, x, a first state and the gradients that arrive at the end."""
    steps, n, n_in, n_hidden = sizes
    rng = np.random.default_rng(seed)
    layer = layer_class(n_in, n_hidden, rng=rng, **options)
    first, dlast = (states(layer_class, s) for s in rng.normal(size=(2, 2, n, n_hidden)))
    x, dy = rng.normal(size=(steps, n, n_in)), rng.normal(size=(steps, n, n_hidden))
    return layer, x, first, dy, dlast


def one_step(layer, x, state):
    """Return the next state by the equations, one gate at a time."""
    w, u, b, c = (layer.params[name] for name in ("w_ih", "w_hh", "b_ih", "b_hh"))
    h = state[0] if isinstance(layer, LSTM) else state
    from_x = np.split(x @ w.T + b, layer.blocks, axis=1)
    from_h = np.split(h @ u.T + c, layer.blocks, axis=1)
    if isinstance(layer, RNN):
        return np.tanh(from_x[0] + from_h[0])
    if isinstance(layer, LSTM):
        i, f, _, o = (Sigmoid.forward(p + q) for p, q in zip(from_x, from_h, strict=True))
        cell = f * state[1] + i * np.tanh(from_x[2] + from_h[2])
        return o * np.tanh(cell), cell
    r, z = (Sigmoid.forward(p + q) for p, q in zip(from_x[:2], from_h[:2], strict=True))
    candidate = np.tanh(from_x[2] + r * from_h[2])
    return (1 - z) * candidate + z * h


@LAYERS
@given(seed=SEEDS, sizes=SIZES)
def test_the_outputs_are_those_of_the_equations_step_by_step(layer_class, seed, sizes):
    layer, x, state, _, _ = draw(layer_class, seed, sizes)
    y, last = layer.forward(x, state)
    for t in range(len(x)):
        state = one_step(layer, x[t], state)
        np.testing.assert_allclose(y[t], state[0] if layer_class is LSTM else state, atol=1e-12)
    np.testing.assert_allclose(last, state, atol=1e-12)


@LAYERS
@settings(max_examples=15)
@given(seed=SEEDS, sizes=SIZES)
def test_the_gradients_are_those_of_the_outputs_and_the_last_state(layer_class, seed, sizes):
    layer, x, first, dy, dlast = draw(layer_class, seed, sizes)

    def total(_):
        y, last = layer.forward(x, first)
        return (dy * y).sum() + np.sum(np.multiply(dlast, last))

    total(x)
    dx, dfirst = layer.backward(dy, dlast)
    grads = layer.grads
    assert grads.keys() == layer.params.keys()
    for name, gradient in grads.items():
        check_gradient(total, gradient, layer.params[name], tolerance=1e-5)
    check_gradient(total, dx, x, tolerance=1e-5)
    pairs = zip(first, dfirst, strict=True) if layer_class is LSTM else [(first, dfirst)]
    for array, gradient in pairs:
        check_gradient(total, gradient, array, tolerance=1e-5)


@LAYERS
@given(seed=SEEDS, cut=st.integers(1, 5))
def test_a_sequence_in_two_parts_gives_the_outputs_of_the_whole(layer_class, seed, cut):
    layer, x, first, _, _ = draw(layer_class, seed, (6, 2, 2, 3))
    whole, end = layer.forward(x, first)
    early, middle = layer.forward(x[:cut], first)
    late, last = layer.forward(x[cut:], middle)
    np.testing.assert_allclose(np.concatenate([early, late]), whole, atol=1e-12)
    np.testing.assert_allclose(last, end, atol=1e-12)


@LAYERS
@given(seed=SEEDS, cut=st.integers(1, 5))
def test_the_gradient_passed_back_over_a_cut_makes_the_gradient_of_the_whole(
    layer_class, seed, cut
):
    layer, x, first, dy, dlast = draw(layer_class, seed, (6, 2, 2, 3))
    layer.forward(x, first)
    whole, dfirst = layer.backward(dy, dlast)
    grads = layer.grads
    _, middle = layer.forward(x[:cut], first)
    layer.forward(x[cut:], middle)
    late, dmiddle = layer.backward(dy[cut:], dlast)
    late_grads = layer.grads
    layer.forward(x[:cut], first)
    early, dstart = layer.backward(dy[:cut], dmiddle)
    np.testing.assert_allclose(np.concatenate([early, late]), whole, atol=1e-12)
    np.testing.assert_allclose(dstart, dfirst, atol=1e-12)
    for name in grads:
        both = late_grads[name] + layer.grads[name]
        np.testing.assert_allclose(both, grads[name], atol=1e-12)


@LAYERS
@given(seed=SEEDS, sizes=SIZES)
def test_no_state_is_a_state_of_zeros_and_no_gradient_one_of_zeros(layer_class, seed, sizes):
    layer, x, _, dy, _ = draw(layer_class, seed, sizes)
    zeros = states(layer_class, np.zeros((2, sizes[1], sizes[3])))
    y, _ = layer.forward(x, zeros)
    dx, _ = layer.backward(dy, zeros)
    assert np.array_equal(layer.forward(x)[0], y)
    assert np.array_equal(layer.backward(dy)[0], dx)


@LAYERS
def test_examples_of_a_batch_do_not_touch_each_other(layer_class):
    layer, x, first, dy, _ = draw(layer_class, 0, (4, 3, 2, 5))
    y, _ = layer.forward(x, first)
    dx, _ = layer.backward(dy)
    one = states(layer_class, np.atleast_3d(np.array(first).reshape(-1, 3, 5))[:, 1:2])
    alone, _ = layer.forward(x[:, 1:2], one)
    np.testing.assert_allclose(alone, y[:, 1:2], atol=1e-12)
    np.testing.assert_allclose(layer.backward(dy[:, 1:2])[0], dx[:, 1:2], atol=1e-12)


@LAYERS
def test_float32_stays_float32_and_what_is_returned_may_be_changed(layer_class):
    layer, x, _, dy, _ = draw(layer_class, 0, (4, 3, 2, 5), dtype=np.float32)
    x, dy = x.astype(np.float32), dy.astype(np.float32)
    y, _ = layer.forward(x)
    dx, _ = layer.backward(dy)
    arrays = [y, dx, *layer.params.values(), *layer.grads.values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    y[:] = 99
    assert np.array_equal(layer.backward(dy)[0], dx)


@LAYERS
def test_a_first_layer_can_spare_the_gradient_of_its_inputs(layer_class):
    layer, x, _, dy, _ = draw(layer_class, 0, (4, 3, 2, 5), input_gradient=False)
    layer.forward(x)
    dx, _ = layer.backward(dy)
    assert dx is None
    assert layer.grads["w_ih"].shape == (layer.blocks * 5, 2)


def test_large_sums_close_and_open_gates_without_overflow():
    for layer_class in (LSTM, GRU):
        layer, x, first, dy, _ = draw(layer_class, 0, (4, 3, 2, 5))
        y, _ = layer.forward(1e6 * x, first)
        dx, _ = layer.backward(dy)
        assert np.isfinite(y).all()
        assert np.isfinite(dx).all()
        assert all(
            ((g >= 0) & (g <= 1)).all() for name, g in layer.gates.items() if name in "ifroz"
        )


def test_an_update_gate_at_1_keeps_the_state_of_a_gru_and_its_gradient():
    layer, x, first, _, dlast = draw(GRU, 0, (50, 3, 2, 5))
    layer.params["b_ih"][5:10] = 1000.0
    y, _ = layer.forward(x, first)
    _, dfirst = layer.backward(np.zeros_like(y), dlast)
    np.testing.assert_allclose(y[-1], first, atol=1e-12)
    np.testing.assert_allclose(dfirst, dlast, atol=1e-12)


def test_a_forget_gate_at_1_keeps_the_cell_of_an_lstm_and_its_gradient():
    layer, x, first, _, dlast = draw(LSTM, 0, (50, 3, 2, 5))
    layer.params["b_ih"][:5], layer.params["b_ih"][5:10] = -1000.0, 1000.0
    y, (_, cell) = layer.forward(x, first)
    _, (_, dcell) = layer.backward(np.zeros_like(y), (np.zeros((3, 5)), dlast[1]))
    np.testing.assert_allclose(cell, first[1], atol=1e-12)
    np.testing.assert_allclose(dcell, dlast[1], atol=1e-12)


@LAYERS
def test_wrong_shapes_are_refused_with_the_right_one(layer_class):
    layer, x, first, dy, _ = draw(layer_class, 0, (4, 3, 2, 5))
    for wrong in (x[0], x[..., :1], x[:0]):
        with pytest.raises(ValueError, match=r"expected x of shape \(t ≥ 1, n, 2\), got"):
            layer.forward(wrong)
    short = states(layer_class, np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match=r"expected a state of shape \(3, 5\), got \(3, 4\)"):
        layer.forward(x, short)
    layer.forward(x, first)
    with pytest.raises(ValueError, match=r"expected dy of shape \(4, 3, 5\) and dstate of"):
        layer.backward(dy[1:])
    with pytest.raises(ValueError, match=r"got \(4, 3, 5\) and \(3, 4\)"):
        layer.backward(dy, short)
    with pytest.raises(ValueError, match="expected n_in and n_hidden ≥ 1, got 0 and 5"):
        layer_class(0, 5, rng=np.random.default_rng(0))


@pytest.mark.parametrize(("layer_class", "count"), [(RNN, 512), (LSTM, 2048), (GRU, 1536)])
def test_parameters_are_counted_with_two_biases(layer_class, count):
    layer = layer_class(14, 16, rng=np.random.default_rng(0))
    assert sum(array.size for array in layer.params.values()) == count
