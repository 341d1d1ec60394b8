"""The chapter's regressions agree with each other, with scikit-learn and with the formulas."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from labkit.data.toy import gate
from labkit.grad import numerical_gradient

pytestmark = pytest.mark.torch

CODE = Path(__file__).parents[2] / "book/code"


def code(name):
    return runpy.run_path(str(CODE / f"week03_{name}.py"))


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((60, 4))
    return x, (x @ [1.0, -2.0, 0.5, 0.0] + rng.standard_normal(60) > 0).astype(np.int64)


def test_pytorch_follows_numpy_step_by_step(rows):
    w, b, costs = code("logistic_numpy")["train"](*rows, 50, 0.5)
    w_torch, b_torch, costs_torch = code("logistic_torch")["train"](*rows, 50, 0.5)
    np.testing.assert_allclose(costs_torch, costs, rtol=0, atol=1e-12)
    np.testing.assert_allclose(w_torch, w, rtol=0, atol=1e-12)
    np.testing.assert_allclose(b_torch, b, rtol=0, atol=1e-12)


def test_the_first_step_is_the_numerical_gradient(rows):
    x, y = rows

    def cost(theta):
        z = x @ theta[:-1] + theta[-1]
        return np.mean(np.logaddexp(0, z) - y * z)

    w, b, _ = code("logistic_numpy")["train"](x, y, 1, 1.0)
    np.testing.assert_allclose(-np.append(w, b), numerical_gradient(cost, np.zeros(5)), atol=1e-9)


def test_a_long_descent_ends_where_scikit_learn_ends(rows):
    w, b, _ = code("logistic_numpy")["train"](*rows, 20_000, 2.0)
    line = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(*rows)
    np.testing.assert_allclose(np.append(w, b), np.append(line.coef_, line.intercept_), atol=1e-4)


@pytest.mark.parametrize("framework", ["numpy", "torch"])
def test_the_cost_starts_at_log_two_and_the_gate_is_learned(framework):
    x, y = gate("and")
    module = code(f"logistic_{framework}")
    w, b, costs = module["train"](x, y, 70, 1.0)
    assert costs[0] == pytest.approx(np.log(2), abs=1e-12)
    assert module["predict"](w, b, x).tolist() == [0, 0, 0, 1]


def test_the_descent_of_a_line_obeys_its_closed_form():
    rng = np.random.default_rng(0)
    x, noise = rng.standard_normal((2, 200))
    x, y = ((a - a.mean()) / a.std(ddof=1) for a in (x, x + noise))
    r = np.corrcoef(x, y)[0, 1]
    m, c, errors = code("linear_numpy")["descend"](x, y, 100, 0.01)
    assert m == pytest.approx(r * (1 - (1 - 2 * 0.01 * 199 / 200) ** 100), abs=1e-12)
    assert c == pytest.approx(0, abs=1e-12)
    assert errors[0] == pytest.approx(199 / 200, abs=1e-12)


def test_the_formula_of_the_line_is_scikit_learns_line():
    x, y = np.random.default_rng(1).standard_normal((2, 50)) * 3 + 7
    line = LinearRegression().fit(x[:, None], y)
    expected = [line.coef_[0], line.intercept_]
    np.testing.assert_allclose(code("linear_numpy")["least_squares"](x, y), expected, rtol=1e-10)
