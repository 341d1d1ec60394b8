"""The chapter's Keras net has the forward pass, gradients and steps of one written in NumPy."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import week03_imdb_reference as reference

from labkit.grad import check_gradient

pytestmark = pytest.mark.keras

PAGE = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week03_imdb_keras.py"))
RUN = {"epochs": 4, "batch_size": 64}


@pytest.fixture
def model():
    net = PAGE["build"](reference.WORDS)
    net.set_weights(reference.start())
    return net


def test_the_references_gradients_agree_with_central_differences():
    x, y = (part[:3] for part in reference.rows())
    params = reference.start()

    def loss(_):
        p = reference.forward(params, x)[1][:, 0]
        return -np.log(np.where(y == 1, p, 1 - p)).mean()

    for part, gradient in list(zip(params, reference.gradients(params, x, y), strict=True))[1:]:
        check_gradient(loss, lambda _, g=gradient: g, part)


def test_the_net_has_the_parameters_that_the_chapter_counts():
    assert PAGE["build"]().count_params() == 160_305


def test_the_same_weights_give_the_same_probabilities(model):
    x, _ = reference.rows()
    expected = reference.forward(reference.start(), x)[1][:, 0]
    np.testing.assert_allclose(PAGE["proba"](model, x), expected, atol=1e-6)


def test_training_follows_the_reference(model):
    x, y = reference.rows()
    params, losses = reference.train(x, y, eps_inside=True, **RUN)
    found = PAGE["train"](model, x, y, shuffle=False, **RUN)
    np.testing.assert_allclose(found, losses, rtol=1e-4)
    for got, expected in zip(model.get_weights(), params, strict=True):
        np.testing.assert_allclose(got, expected, atol=2e-5)
