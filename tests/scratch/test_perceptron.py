"""The logistic neuron's gradients are right, and its trace reproduces the published costs."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch.losses import BinaryCrossEntropyWithLogits as Loss
from labkit.scratch.optim import SGD
from labkit.scratch.perceptron import LogisticNeuron, trace

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND = np.array([0, 0, 0, 1])
PER_EXAMPLE = ("z", "p", "y_log_p", "one_minus_y_log_one_minus_p", "dC_dp", "dp_dz", "dC_dz")


def and_trace(epochs):
    return trace([10.0, 10.0], 10.0, X, AND, learning_rate=1.0, epochs=epochs)


def test_trace_reproduces_the_published_costs_of_and():
    costs = [row["cost"] for row in and_trace(60)]
    published = [
        12.50001,
        11.81253,
        11.12508,
        10.43767,
        9.75037,
        9.06330,
        8.37670,
        7.69109,
        7.00757,
    ]
    assert [round(cost, 5) for cost in costs[:9]] == published
    assert round(costs[36], 3) == 0.099
    assert next(e for e, cost in enumerate(costs) if cost < 0.09) == 52
    assert round(costs[52], 5) == 0.08969


def test_trace_has_a_row_for_the_start_and_one_after_each_update():
    rows = and_trace(3)
    assert [row["epoch"] for row in rows] == [0, 1, 2, 3]
    assert rows[0]["w"].tolist() == [10, 10]
    for row, following in itertools.pairwise(rows):
        assert (row["w_next"] == following["w"]).all()
        assert row["b_next"] == following["b"]
    assert [row["cost"] for row in and_trace(0)] == [rows[0]["cost"]]


@given(st.integers(0, 2**32 - 1))
def test_each_column_of_the_trace_is_what_its_name_says(seed):
    rng = np.random.default_rng(seed)
    x, y, w, b = rng.normal(size=(6, 3)), rng.integers(2, size=6), rng.normal(size=3), rng.normal()
    row = trace(w, b, x, y, learning_rate=0.3, epochs=0)[0]
    p = 1 / (1 + np.exp(-(x @ w + b)))
    assert all(row[name].shape == (6,) for name in PER_EXAMPLE)
    assert np.allclose(row["p"], p)
    assert np.allclose(row["y_log_p"], y * np.log(p))
    assert np.allclose(row["one_minus_y_log_one_minus_p"], (1 - y) * np.log(1 - p))
    terms = row["y_log_p"] + row["one_minus_y_log_one_minus_p"]
    assert row["cost"] == pytest.approx(-terms.mean())
    assert np.allclose(row["dC_dp"], -y / p + (1 - y) / (1 - p))
    assert np.allclose(row["dp_dz"], p * (1 - p))
    assert np.allclose(row["dC_dp"] * row["dp_dz"], row["dC_dz"])

    def cost(v):
        return Loss.forward(x @ v[:3] + v[3], y)

    check_gradient(cost, [*row["dC_dw"], row["dC_db"]], np.array([*w, b]))
    assert np.allclose(row["w_next"], w - 0.3 * row["dC_dw"])
    assert row["b_next"] == pytest.approx(b - 0.3 * row["dC_db"])


@given(st.integers(0, 2**32 - 1))
def test_the_trace_and_the_neurons_own_steps_agree(seed):
    rng = np.random.default_rng(seed)
    w, b = rng.normal(size=2), rng.normal()
    neuron, optimizer = LogisticNeuron(w, b), SGD(0.5)
    for row in trace(w, b, X, AND, learning_rate=0.5, epochs=5):
        z = neuron.forward(X, training=True)
        assert Loss.forward(z, AND) == pytest.approx(row["cost"], rel=1e-12)
        neuron.backward(Loss.backward(z, AND))
        assert np.allclose(neuron.grads["w"], row["dC_dw"], rtol=1e-12)
        optimizer.step(neuron.params, neuron.grads)
        assert np.allclose(neuron.params["w"], row["w_next"], rtol=1e-12)


def test_trace_is_exact_where_probabilities_round_to_0_and_1():
    with np.errstate(over="raise", invalid="raise"):
        row = trace([2000.0, 0.0], -1000.0, X, 1 - X[:, 0], learning_rate=1.0, epochs=0)[0]
    assert row["cost"] == 1000.0
    assert not any(np.isnan(row[name]).any() for name in PER_EXAMPLE)


def test_trace_leaves_its_arguments_alone():
    w = np.array([10.0, 10.0])
    trace(w, 10.0, X, AND, learning_rate=1.0, epochs=3)
    assert w.tolist() == [10.0, 10.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [0, 0, 0, 2]}, "a label 0 or 1"),
        ({"y": [0, 0, 1]}, "each of 4 rows"),
        ({"learning_rate": -1.0}, "got -1.0 and 1"),
        ({"learning_rate": np.nan}, "got nan and 1"),
        ({"epochs": -1}, "got 1.0 and -1"),
        ({"w": [1.0]}, r"x of shape \(n, 1\), got \(4, 2\)"),
        ({"w": [[1.0, 1.0]]}, r"w of shape \(d,\)"),
    ],
)
def test_trace_refuses_what_does_not_fit(change, message):
    arguments = {"w": [1.0, 1.0], "b": 0.0, "x": X, "y": AND, "learning_rate": 1.0, "epochs": 1}
    with pytest.raises(ValueError, match=message):
        trace(**arguments | change)


@given(st.integers(0, 2**32 - 1))
def test_the_neurons_gradients_are_those_of_its_loss(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    neuron = LogisticNeuron(rng.normal(size=3), rng.normal())

    def loss(_):
        return Loss.forward(neuron.forward(x), y)

    dx = neuron.backward(Loss.backward(neuron.forward(x), y))
    grads = neuron.grads
    for name in ("w", "b"):
        assert grads[name].shape == neuron.params[name].shape
        check_gradient(loss, grads[name], neuron.params[name])
    check_gradient(loss, dx, x)


def test_the_neuron_copies_its_weights_and_names_the_likelier_class():
    w = np.array([10.0, 10.0])
    neuron = LogisticNeuron(w, -15)
    neuron.params["w"] += 1
    assert w.tolist() == [10.0, 10.0]
    assert neuron.predict(X).tolist() == (neuron.predict_proba(X) > 0.5).tolist() == AND.tolist()
