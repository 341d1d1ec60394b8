"""The chapter's perceptron learns as worked out by hand, and keeps its weights in a plain file."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.data.toy import gate

CODE = Path(__file__).parents[2] / "book/code/week02_perceptron_numpy.py"
PAGE = runpy.run_path(str(CODE))
train, predict, save, load = (PAGE[name] for name in ("train", "predict", "save", "load"))


def test_or_takes_the_two_epochs_of_the_exercise():
    w, b, mistakes = train(*gate("or"), epochs=2)
    assert ([*w, b], mistakes) == ([0.5, 0.5, 0.0], [2, 2])
    assert train(*gate("or"), epochs=99)[2] == [2, 2, 1, 0]


@pytest.mark.parametrize("name", ["and", "or", "nand"])
def test_a_separable_gate_is_learned_and_the_rate_only_scales_the_weights(name):
    x, y = gate(name)
    w, b, mistakes = train(x, y, epochs=99)
    assert mistakes[-1] == 0
    np.testing.assert_array_equal(predict(x, w, b), y)
    w_1, b_1, mistakes_1 = train(x, y, epochs=99, learning_rate=1.0)
    assert ([*w_1, b_1], mistakes_1) == ([*(2 * w), 2 * b], mistakes)


def test_xor_is_wrong_in_every_row_from_the_third_epoch_on():
    assert train(*gate("xor"), epochs=50)[2] == [3, 3] + [4] * 48


@given(
    u=st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda u: np.linalg.norm(u) > 0.1),
    seed=st.integers(0, 2**32 - 1),
)
def test_mistakes_never_exceed_the_bound_of_the_theorem(u, seed):
    rows = np.column_stack([np.random.default_rng(seed).normal(size=(20, 2)), np.ones(20)])
    z = rows @ u / np.linalg.norm(u)
    kept = np.abs(z) > 0.1
    if not kept.any():
        return
    bound = np.max(np.sum(rows[kept] ** 2, axis=1)) / np.min(np.abs(z[kept])) ** 2
    _, _, mistakes = train(rows[kept, :2], (z[kept] > 0).astype(int), epochs=10_000)
    assert mistakes[-1] == 0
    assert sum(mistakes) <= bound


@pytest.mark.parametrize("rows", [0, 1, 3, 5])
def test_predict_answers_for_any_number_of_rows(rows):
    assert predict(np.ones((rows, 2)), np.ones(2), -1.0).tolist() == [1] * rows


def test_a_saved_model_comes_back_to_the_last_bit(tmp_path):
    w, b = np.array([0.1, 1 / 3]), -2 / 7
    save(tmp_path / "model.npz", w, b)
    w_back, b_back = load(tmp_path / "model.npz")
    assert w_back.tobytes() == w.tobytes()
    assert b_back.hex() == b.hex()


def test_a_file_that_holds_objects_is_refused(tmp_path):
    save(tmp_path / "odd.npz", np.array([{}], dtype=object), 0.0)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load(tmp_path / "odd.npz")


def test_scikit_learn_counts_a_row_on_the_line_as_wrong():
    linear = pytest.importorskip("sklearn.linear_model")
    x, y = gate("and")
    model = linear.Perceptron(shuffle=False, tol=None, max_iter=50).fit(x, y)
    assert np.all((2 * y - 1) * model.decision_function(x) > 0)
    w, b, _ = train(x, y, epochs=99)
    assert np.any(x @ w + b == 0)
