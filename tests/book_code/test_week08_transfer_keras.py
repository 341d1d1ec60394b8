"""The chapter's transfer in Keras trains as NumPy does, and freezes what it says."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("transfer_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week08_transfer_keras.py"))


def parts():
    layers, top = reference["weights"]()
    base = [keras.Input((3,))]
    for w, *_ in layers:
        norm = keras.layers.BatchNormalization(epsilon=reference["EPSILON"])
        base += [keras.layers.Dense(w.shape[1]), norm, keras.layers.ReLU()]
    base = keras.Sequential(base)
    for k, (w, b, *rest) in enumerate(layers):
        base.layers[3 * k].set_weights([w, b])
        base.layers[3 * k + 1].set_weights(rest)
    model = code["transfer"](base)
    model.layers[-1].set_weights(top)
    return base, model


def test_both_phases_follow_numpy():
    (base, model), (x, y) = parts(), reference["rows"]()
    losses = code["train"](model, x, y, 8, 0.01)
    code["unfreeze_last"](base, 3)
    losses += code["train"](model, x, y, 8, 0.001)
    expected, layers, top = reference["both_phases"](lambda s: np.sqrt(s + 1e-7))
    np.testing.assert_allclose(losses, expected, rtol=1e-3)
    np.testing.assert_allclose(model.layers[-1].get_weights()[0], top[0], atol=1e-3)
    np.testing.assert_allclose(base.layers[3].get_weights()[0], layers[1][0], atol=1e-3)
    np.testing.assert_allclose(base.layers[0].get_weights()[0], layers[0][0], atol=1e-7)


def test_the_base_s_batch_norm_never_moves():
    (base, model), (x, y) = parts(), reference["rows"]()
    before = base.layers[1].get_weights()[2:], base.layers[4].get_weights()[2:]
    code["unfreeze_last"](base, 6)
    code["train"](model, x, y, 3, 0.01)
    np.testing.assert_array_equal(before[0], base.layers[1].get_weights()[2:])
    np.testing.assert_array_equal(before[1], base.layers[4].get_weights()[2:])


def test_what_is_trainable_can_be_counted_and_changed_again():
    base, model = parts()
    assert code["count_trainable"](model) == 5
    for n, expected in ((6, 5 + 20 + 24), (3, 5 + 24), (6, 5 + 20 + 24)):
        code["unfreeze_last"](base, n)
        assert code["count_trainable"](model) == expected


def test_batch_norm_that_is_called_with_training_false_moves_in_fit_all_the_same():
    base, _ = parts()
    inputs = keras.Input((3,))
    model = keras.Model(inputs, keras.layers.Dense(1)(base(inputs, training=False)))
    base.trainable = True
    before = base.layers[1].get_weights()[2]
    code["train"](model, *reference["rows"](), 1, 0.01)
    assert not np.array_equal(before, base.layers[1].get_weights()[2])


@pytest.fixture(scope="module")
def vgg16():
    return keras.applications.VGG16(include_top=False, weights=None, input_shape=(64, 64, 3))


def test_the_two_slices_of_vgg16_and_the_trap_between_them(vgg16):
    count = code["count_trainable"]
    for layer in vgg16.layers[-4:]:  # as printed
        layer.trainable = False
    assert count(vgg16) == 7_635_264
    vgg16.trainable = True  # idle: it is True already, and the four layers stay frozen
    for layer in vgg16.layers[:-4]:  # as meant
        layer.trainable = False
    assert count(vgg16) == 0
    code["unfreeze_last"](vgg16, 4)
    assert count(vgg16) == 7_079_424
