"""With the constants named in our docstrings each optimiser takes the steps of Keras."""

import numpy as np
import pytest

from labkit.scratch import optim, schedules

pytestmark = pytest.mark.keras

# Keras's class with its own constants, and ours with Keras's.
KERAS = {
    "SGD": {},
    "Adagrad": {"initial": 0.1, "epsilon": 1e-7},
    "RMSprop": {"rho": 0.9, "epsilon": 1e-7},
    "Adadelta": {"rho": 0.95, "epsilon": 1e-7},
    "Adam": {"epsilon": 1e-7},
    "Nadam": {"growth": 1.0, "epsilon": 1e-7},
}


def paths(theirs, ours, gradients):
    """Return the places of both after each gradient, from 0."""
    import keras

    w, params, places = keras.Variable(np.zeros(3, np.float32)), {"w": np.zeros(3)}, []
    for g in gradients:
        theirs.apply([keras.ops.convert_to_tensor(g.astype(np.float32))], [w])
        ours.step(params, {"w": g})
        places.append((w.numpy(), params["w"].copy()))
    return np.swapaxes(places, 0, 1)


@pytest.mark.parametrize("name", KERAS)
def test_sixty_steps_are_those_of_keras(name):
    import keras

    theirs = getattr(keras.optimizers, name)(learning_rate=0.1)
    ours = getattr(optim, name)(0.1, **KERAS[name])
    gradients = np.random.default_rng(0).standard_normal((60, 3))
    them, us = paths(theirs, ours, gradients)
    # A small gradient feels whether epsilon stands under the root or beside it.
    np.testing.assert_allclose(them, us, atol=1e-4)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_is_that_of_keras_while_the_rate_stays(nesterov):
    import keras

    theirs = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=nesterov)
    ours = optim.SGD(0.1, 0.9, nesterov=nesterov)
    them, us = paths(theirs, ours, np.random.default_rng(0).standard_normal((60, 3)))
    np.testing.assert_allclose(them, us, rtol=1e-4, atol=1e-5)


def test_the_first_step_of_rmsprop_is_longer_in_torch_than_in_keras():
    import keras

    g = np.full((1, 3), 5.0)
    them, us = paths(keras.optimizers.RMSprop(0.1), optim.RMSprop(0.1), g)
    np.testing.assert_allclose(them, -0.1 * np.sqrt(10), rtol=1e-5)
    np.testing.assert_allclose(us, -0.1 * 10, rtol=1e-5)


def test_tiny_gradients_show_where_epsilon_stands():
    import keras

    g = np.full((1, 3), 1e-4)
    them, us = paths(keras.optimizers.RMSprop(0.1), optim.RMSprop(0.1, **KERAS["RMSprop"]), g)
    # Under the root 1e-7 is like 3e-4 beside it, and swamps a gradient of 1e-4.
    np.testing.assert_allclose(them, -0.1 * 1e-4 / np.sqrt(1e-9 + 1e-7), rtol=1e-3)
    np.testing.assert_allclose(us, -0.1 / np.sqrt(0.1), rtol=1e-2)


def test_schedules_are_those_of_keras():
    from keras.optimizers import schedules as theirs

    pairs = [
        (schedules.inverse_time(0.3, half_after=20), theirs.InverseTimeDecay(0.3, 20, 1.0)),
        (schedules.exponential(0.3, factor=0.5, every=7), theirs.ExponentialDecay(0.3, 7, 0.5)),
        (
            schedules.step(0.3, every=7, factor=0.5),
            theirs.ExponentialDecay(0.3, 7, 0.5, staircase=True),
        ),
        (
            schedules.cosine(0.3, total=50, warmup=10),
            theirs.CosineDecay(0.0, 40, warmup_target=0.3, warmup_steps=10),
        ),
    ]
    for ours, keras_schedule in pairs:
        both = np.array([(ours(t), float(keras_schedule(t))) for t in range(60)])
        np.testing.assert_allclose(both[:, 0], both[:, 1], rtol=1e-5, atol=1e-7)
