"""The chapter's logistic regression in Keras is the one in NumPy, to single precision."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.keras

CODE = Path(__file__).parents[2] / "book/code"


def test_keras_follows_numpy_to_six_digits():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((60, 4))
    y = (x @ [1.0, -2.0, 0.5, 0.0] + rng.standard_normal(60) > 0).astype(np.int64)
    numpy_code = runpy.run_path(str(CODE / "week03_logistic_numpy.py"))
    keras_code = runpy.run_path(str(CODE / "week03_logistic_keras.py"))
    w, b, costs = numpy_code["train"](x, y, 50, 0.5)
    w_keras, b_keras, costs_keras = keras_code["train"](x, y, 50, 0.5)
    np.testing.assert_allclose(costs_keras, costs, rtol=0, atol=2e-6)
    np.testing.assert_allclose(w_keras, w, rtol=0, atol=5e-6)
    np.testing.assert_allclose(b_keras, b, rtol=0, atol=5e-6)
    assert np.array_equal(
        keras_code["predict"](w_keras, b_keras, x), numpy_code["predict"](w, b, x)
    )
