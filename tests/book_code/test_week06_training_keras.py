"""The chapter's three forms of one network are the same, and follow the one in NumPy."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("training_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_training_keras.py"))
SETTINGS = {"epochs": 3, "batch_size": 16, "rate": 0.5}


@pytest.mark.parametrize("form", ["sequential", "functional", "Subclassed"])
def test_each_form_prints_and_keeps_the_losses_of_numpy(form):
    keras.utils.set_random_seed(1)
    x, y = reference["rows"]()
    net = code[form](6, 5, 3)
    twin = reference["network"](*net.get_weights())
    printed, at_rest = code["train"](net, x, y, **SETTINGS)
    wanted = reference["train"](twin, x, y, **SETTINGS)
    np.testing.assert_allclose([printed, at_rest], wanted, rtol=1e-4)
    assert (np.array(at_rest) < printed).all()  # the loss falls within the epoch


def test_one_seed_gives_the_three_forms_the_same_weights():
    weights = []
    for form in ("sequential", "functional", "Subclassed"):
        keras.utils.set_random_seed(7)
        weights.append(np.concatenate([w.ravel() for w in code[form](6, 5, 3).get_weights()]))
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[0], weights[2])
