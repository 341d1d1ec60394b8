"""The chapter's Adam with a schedule in Keras is the one in NumPy, to single precision."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

pytestmark = pytest.mark.keras

folder = Path(__file__).parents[2] / "book/code"
twin = runpy.run_path(str(folder / "week06_optimisers_numpy.py"))
code = runpy.run_path(str(folder / "week06_optimisers_keras.py"))
H = np.array([[3.0, 1.0], [1.0, 0.5]], dtype=np.float32)
START = np.array([1.0, -2.0], dtype=np.float32)


def test_keras_follows_numpy_through_warm_up_and_cosine():
    def cost(w):
        return tf.reduce_sum(w * tf.linalg.matvec(H, w)) / 2

    ours = twin["descend"](lambda w: H @ w, START, 0.3, 5, 60)
    theirs = code["descend"](cost, START, 0.3, 5, 60)
    np.testing.assert_allclose(theirs, ours, atol=1e-4)
