"""The chapter's PyTorch net has the forward pass and steps of one written in NumPy."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import week03_imdb_reference as reference

pytestmark = pytest.mark.torch

RUN = {"epochs": 4, "batch_size": 64}


@pytest.fixture(scope="module")
def page():
    return runpy.run_path(str(Path(__file__).parents[2] / "book/code/week03_imdb_torch.py"))


@pytest.fixture
def model(page):
    import torch

    net = page["build"](reference.WORDS)
    with torch.no_grad():
        for part, value in zip(net.parameters(), reference.start(), strict=True):
            part.copy_(torch.as_tensor(value.T))  # PyTorch keeps weights as (units, inputs)
    return net


def test_the_net_has_the_parameters_that_the_chapter_counts(page):
    assert sum(part.numel() for part in page["build"]().parameters()) == 160_305


def test_the_net_starts_in_keras_range(page):
    for layer in page["build"]()[::2]:
        limit = (6 / sum(layer.weight.shape)) ** 0.5  # Glorot's, Keras's default
        assert 0.5 * limit < layer.weight.abs().max() <= limit
        assert not layer.bias.any()


def test_the_same_weights_give_the_same_probabilities(page, model):
    x, _ = reference.rows()
    expected = reference.forward(reference.start(), x)[1][:, 0]
    np.testing.assert_allclose(page["proba"](model, x), expected, atol=1e-6)


def test_training_follows_the_reference(page, model):
    x, y = reference.rows()
    params, losses = reference.train(x, y, eps_inside=False, **RUN)
    found = page["train"](model, x, y, shuffle=False, **RUN)
    np.testing.assert_allclose(found, losses, rtol=1e-4)
    for got, expected in zip(model.parameters(), params, strict=True):
        np.testing.assert_allclose(got.detach().numpy().T, expected, atol=2e-5)


def test_where_epsilon_stands_is_a_difference_that_can_be_seen():
    x, y = reference.rows()
    inside, _ = reference.train(x, y, eps_inside=True, **RUN)
    outside, _ = reference.train(x, y, eps_inside=False, **RUN)
    assert max(np.abs(a - b).max() for a, b in zip(inside, outside, strict=True)) > 1e-3
