"""The chapter's Keras net of many topics starts at the logarithm of their number, and learns."""

import runpy
from pathlib import Path

import keras
import numpy as np
import pytest
import week04_reuters_reference as reference

pytestmark = pytest.mark.keras

CODE = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week04_reuters_keras.py"))


@pytest.fixture
def rows():
    return reference.rows()


def test_the_untrained_net_is_near_the_logarithm_of_the_number_of_topics(rows):
    keras.utils.set_random_seed(0)
    p = CODE["proba"](CODE["build"](30, reference.TOPICS, 8), rows[0])
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    loss = -np.log(p[np.arange(60), rows[1]]).mean()
    assert loss == pytest.approx(np.log(reference.TOPICS), abs=0.3)


def test_training_follows_the_same_steps_in_numpy(rows):
    keras.utils.set_random_seed(0)
    model = CODE["build"](30, reference.TOPICS, 8)
    arrays = model.get_weights()
    losses = CODE["train"](model, *rows, epochs=4, batch_size=25)
    steps = {"epochs": 4, "batch_size": 25, "divide": lambda g, s: g / np.sqrt(s + 1e-7)}
    expected = reference.losses_of(arrays, *rows, **steps)
    np.testing.assert_allclose(losses, expected, rtol=1e-3)


def test_the_topics_are_learned(rows):
    keras.utils.set_random_seed(0)
    model = CODE["build"](30, reference.TOPICS, 8)
    CODE["train"](model, *rows, epochs=60, batch_size=20, learning_rate=0.01)
    assert (CODE["proba"](model, rows[0]).argmax(axis=1) == rows[1]).mean() > 0.95
