"""The MLP keeps scikit-learn's rules, its seed and its dtype, and is the net and loop it names."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from labkit.scratch.activations import Softmax
from labkit.scratch.losses import SoftmaxCrossEntropy
from labkit.scratch.mlp import MLP
from labkit.scratch.optim import SGD
from labkit.train import fit_numpy


def rings(n=200, dtype=np.float64):
    """Return points on two rings, which no line separates, with names for labels."""
    rng = np.random.default_rng(0)
    y, angle = rng.integers(2, size=n), rng.uniform(0, 2 * np.pi, n)
    x = (1 + y)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x.astype(dtype), np.array(["inner", "outer"])[y]


@parametrize_with_checks([MLP(), MLP(hidden=(), activation="tanh", batch_size=None)])
def test_mlp_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "tanh", "sigmoid"])
def test_mlp_learns_what_no_line_separates_and_a_linear_one_does_not(activation):
    x, y = rings()
    options = {"learning_rate": 0.1, "epochs": 150, "batch_size": 20, "random_state": 0}
    assert MLP((16, 16), activation=activation, **options).fit(x, y).score(x, y) > 0.97
    assert MLP((16,), activation="linear", **options).fit(x, y).score(x, y) < 0.7


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mlp_keeps_the_dtype_of_its_inputs(dtype):
    x, y = rings(dtype=dtype)
    mlp = MLP((3,), epochs=1, random_state=0).fit(x, y)
    assert {array.dtype for array in mlp.network_.params.values()} == {np.dtype(dtype)}
    assert mlp.predict_proba(x).dtype == dtype


def test_mlp_of_one_seed_repeats_itself_and_another_seed_differs():
    x, y = rings()
    proba = [MLP(epochs=2, random_state=seed).fit(x, y).predict_proba(x) for seed in (0, 0, 1)]
    assert np.array_equal(proba[0], proba[1])
    assert not np.allclose(proba[0], proba[2])


def test_mlp_is_a_net_trained_by_fit_numpy():
    x, y = rings()
    options = {"epochs": 3, "batch_size": 30}
    mlp = MLP((4, 3), momentum=0.8, learning_rate=0.2, random_state=5, **options).fit(x, y)
    untrained = MLP((4, 3), random_state=5, epochs=0).fit(x, y)
    net, labels = untrained.network_, (y == "outer").astype(int)
    loss_fn, optimizer = SoftmaxCrossEntropy, SGD(0.2, momentum=0.8)
    seed = np.random.RandomState(5).randint(2**31 - 1)
    history = fit_numpy(
        net, (x, labels), loss_fn=loss_fn, optimizer=optimizer, seed=seed, **options
    )
    assert np.array_equal(mlp.history_["loss"], history["loss"])
    assert np.array_equal(mlp.predict_proba(x), Softmax.forward(net.forward(x)))
    assert mlp.classes_.tolist() == ["inner", "outer"]
    assert {name: w.shape for name, w in net.params.items() if name.endswith("w")} == {
        "0.w": (2, 4),
        "2.w": (4, 3),
        "4.w": (3, 2),
    }


def test_mlp_refuses_an_unknown_activation():
    with pytest.raises(ValueError, match=r"one of relu, leaky_relu, .* got 'swish'"):
        MLP(activation="swish").fit(*rings())


def test_mlp_that_diverges_says_so():
    x, y = rings()
    with pytest.raises(FloatingPointError, match="in epoch"):
        MLP(learning_rate=1e6, epochs=20).fit(1e9 * x, y)
