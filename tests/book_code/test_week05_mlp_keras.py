"""The chapter's Keras network is the NumPy one, to the digits of Keras's loss meter."""

import runpy
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.keras

CODE = Path(__file__).parents[2] / "book/code"
EPOCHS = 70


@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_keras_agrees_with_numpy(momentum):
    (*ours, our_costs), (*theirs, their_costs) = (
        runpy.run_path(str(CODE / f"week05_mlp_{framework}.py"))["train"](
            EPOCHS, learning_rate=1.0, momentum=momentum
        )
        for framework in ("numpy", "keras")
    )
    # Keras averages the loss in float32, and keeps the rate in float32 too.
    np.testing.assert_allclose(our_costs, their_costs, rtol=1e-5)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)
