"""The Keras code of week 6, part 4: NumPy's run, a loss with a penalty in it, nothing lost."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from tuning_reference import L2, WEIGHTS, X, Y, cross_entropy, penalty, train

pytestmark = pytest.mark.keras

code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_tuning_keras.py"))


def build(dropout):
    import keras

    keras.utils.set_random_seed(3)
    net = code["network"](L2, dropout)
    net.set_weights(WEIGHTS)
    return net


def test_the_run_is_numpys(tmp_path):
    net = build(dropout=0.0)
    code["train"](net, X, Y, tmp_path / "run.npz", epochs=4)
    for found, weight in zip(net.get_weights(), train(4), strict=True):
        assert found == pytest.approx(weight, abs=1e-5)


def test_evaluate_prints_cross_entropy_plus_the_penalty():
    printed = build(dropout=0.5).evaluate(X, Y, verbose=0)
    expected = cross_entropy(WEIGHTS, X.astype(float), Y)[0]
    assert printed - expected == pytest.approx(penalty(WEIGHTS), rel=1e-4)


@pytest.mark.parametrize("stop", [1, 3])
def test_a_run_in_two_parts_ends_with_the_same_weights_to_the_bit(tmp_path, stop):
    def run(path, epochs):
        net = build(dropout=0.5)
        code["train"](net, X, Y, path, epochs=epochs)
        return np.concatenate([weight.ravel() for weight in net.get_weights()])

    whole = run(tmp_path / "whole.npz", 5)
    run(tmp_path / "parts.npz", stop)
    assert (run(tmp_path / "parts.npz", 5) == whole).all()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts.npz", "whole.npz"]
