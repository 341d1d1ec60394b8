"""The chapter's backpropagation through time agrees with finite differences."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from labkit.grad import numerical_gradient

code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week11_bptt_numpy.py"))


def case(steps, seed=0, k=5, units=3):
    rng = np.random.default_rng(seed)
    w = [rng.normal(size=s) for s in ((units, k), (units, units), units, (k, units), k)]
    x, y = (np.eye(k)[rng.integers(k, size=steps)] for _ in range(2))
    return x, y, rng.normal(size=units), w


@pytest.mark.parametrize("steps", [1, 3, 8])
@pytest.mark.parametrize("which", range(5))
def test_backward_agrees_with_finite_differences(steps, which):
    x, y, h0, w = case(steps)

    def f(part):
        return code["loss"](x, y, h0, [*w[:which], part, *w[which + 1 :]])

    got = code["backward"](x, y, h0, w)[which]
    np.testing.assert_allclose(got, numerical_gradient(f, w[which]), atol=1e-8)


def test_the_gradient_of_a_shared_weight_is_the_sum_over_its_copies():
    x, y, h0, w = case(3)

    def with_copies(copies):  # one W_hh a step
        h, total = h0, 0.0
        for x_t, y_t, u in zip(x, y, copies, strict=True):
            (_, h), (p,) = code["forward"](x_t[None], h, [w[0], u, *w[2:]])
            total -= np.log(p @ y_t) / 3
        return total

    copies = np.stack([w[1]] * 3)  # (3, units, units)
    parts = numerical_gradient(with_copies, copies)
    np.testing.assert_allclose(parts.sum(axis=0), code["backward"](x, y, h0, w)[1], atol=1e-8)
