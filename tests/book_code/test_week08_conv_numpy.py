"""The chapter's convolution in one dimension has the gradients of its outputs."""

import runpy
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient

code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week08_conv_numpy.py"))


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(0, 5))
def test_gradients_are_those_of_the_outputs(seed, k, more):
    rng = np.random.default_rng(seed)
    x, w, g = rng.normal(size=k + more), rng.normal(size=k), rng.normal(size=more + 1)
    np.testing.assert_allclose(code["forward"](x, w), np.correlate(x, w), atol=1e-12)
    dx, dw = code["backward"](x, w, g)
    np.testing.assert_allclose(dx, np.convolve(g, w), atol=1e-12)  # full, flipped
    check_gradient(lambda x: g @ code["forward"](x, w), dx, x)
    check_gradient(lambda w: g @ code["forward"](x, w), dw, w)
