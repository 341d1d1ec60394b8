"""The chapter's three looks in Keras are the formulas in NumPy."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("curves_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_curves_keras.py"))


def new_net():
    keras.utils.set_random_seed(2)
    net = code["network"](6, 8, 3)
    return net, [part.numpy() for layer in net.layers for part in (layer.kernel, layer.bias)]


def test_keras_loss_and_living_units_are_those_of_numpy():
    x, y = reference["rows"]()
    net, weights = new_net()
    loss, _, living = reference["looks"](weights, x, y)
    assert code["cross_entropy"](net, x, y) == pytest.approx(loss, rel=1e-5)
    assert code["alive"](net, x) == pytest.approx(living)


def test_a_new_keras_net_starts_near_the_logarithm_of_the_number_of_classes():
    x, y = reference["rows"]()
    assert code["cross_entropy"](new_net()[0], x, y) == pytest.approx(np.log(3), abs=0.3)


def test_keras_first_step_has_epsilon_where_the_chapter_says():
    x, y = reference["rows"]()
    net, weights = new_net()
    _, gradient, _ = reference["looks"](weights, x, y)
    moved = code["first_step"](net, x, y, 1.0)
    np.testing.assert_allclose(moved, reference["step_inside"](gradient, 1.0), rtol=2e-3, atol=1e-3)
    other = reference["step_beside"](gradient, 1.0)
    assert np.abs(moved - other).max() > 1, "it matters here"


def test_a_dead_keras_unit_never_moves():
    x, y = reference["rows"]()
    net = new_net()[0]
    net.layers[0].bias.assign([-100.0] * 4 + [0.0] * 4)
    moved = code["first_step"](net, x, y, 1.0)
    assert not moved[:, :4].any()
    assert moved[1:5, 4:].any()
    assert code["alive"](net, x) <= 0.5
