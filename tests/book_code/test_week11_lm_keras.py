"""The chapter's character model in Keras is the one in NumPy, to single precision."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest

pytestmark = pytest.mark.keras

reference = runpy.run_path(str(Path(__file__).with_name("language_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week11_lm_keras.py"))
K, UNITS, BATCH, STEPS = (reference[name] for name in ("K", "UNITS", "BATCH", "STEPS"))


def model():
    keras.utils.set_random_seed(1)
    net = code["character_model"](K, UNITS, batch_size=BATCH, steps=STEPS)
    weights = net.get_weights()
    weights[3] = 3 * weights[3]  # so that gradients are long enough to be clipped
    net.set_weights(weights)
    return net


def in_double(net):
    return [np.array(part, float).T for part in net.get_weights()]


def test_keras_follows_numpy_for_an_epoch_of_carried_states():
    net, batches = model(), reference["minibatches"]()
    twin = in_double(net)
    losses = code["train_epoch"](net, batches)
    expected, factors = reference["train_epoch"](twin, batches)
    assert min(factors) < 1, "the test covers a clipped step"
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
    for got, part in zip(in_double(net), twin, strict=True):
        np.testing.assert_allclose(got, part, atol=1e-4)


def test_each_epoch_begins_with_a_state_of_zeros():
    net, batches = model(), reference["minibatches"]()
    net.optimizer.learning_rate = 0.0
    first, again = (code["train_epoch"](net, batches) for _ in range(2))
    np.testing.assert_allclose(first, again, rtol=1e-6)


@pytest.mark.parametrize(("t", "expected"), [(1.0, [0.2, 0.8]), (0.5, [1 / 17, 16 / 17])])
def test_a_temperature_raises_probabilities_to_a_power(t, expected):
    p = code["probabilities"](keras.ops.log(keras.ops.array([0.2, 0.8])), t)
    np.testing.assert_allclose(p, expected, atol=1e-6)
