"""The chapter's Keras decoder is the NumPy one, to the digits of Keras's loss meter."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.keras

CODE = Path(__file__).parents[2] / "book/code"
EPOCHS = 60


def test_keras_and_numpy_agree():
    ours, theirs = (
        runpy.run_path(str(CODE / f"week04_softmax_{framework}.py"))["train"](EPOCHS)
        for framework in ("numpy", "keras")
    )
    np.testing.assert_allclose(ours[0], theirs[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=0, atol=1e-12)
    # Keras averages the loss in float32, so the costs agree to seven digits.
    np.testing.assert_allclose(ours[2], theirs[2], rtol=1e-6)
