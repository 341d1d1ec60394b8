"""The chapter's PyTorch net of many topics starts at the logarithm of their number, and learns."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

CODE = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week04_reuters_torch.py"))
TOPICS = 5


@pytest.fixture
def rows():
    rng = np.random.default_rng(4)
    y = np.arange(60) % TOPICS
    x = (rng.random((60, 30)) < 0.2).astype(np.float32)
    x[np.arange(60), y] = 1  # each topic has a word of its own
    return x, y


def reference(arrays, x, y, *, epochs, batch_size, learning_rate=0.001):
    """Return the losses of the same training written out in NumPy, float64."""
    arrays = [np.asarray(a, float) for a in arrays]
    squares, losses = [np.zeros_like(a) for a in arrays], []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch, labels = x[start : start + batch_size], y[start : start + batch_size]
            inputs, hidden = batch.astype(float), []
            for w, b in zip(arrays[:4:2], arrays[1:4:2], strict=True):
                hidden.append(inputs)
                inputs = np.maximum(0, inputs @ w + b)  # (batch, width)
            hidden.append(inputs)
            z = inputs @ arrays[4] + arrays[5]  # (batch, topics)
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            total -= np.log(p[np.arange(len(labels)), labels]).sum()
            dz = (p - np.eye(p.shape[1])[labels]) / len(labels)
            grads = []
            for layer in (2, 1, 0):
                grads = [hidden[layer].T @ dz, dz.sum(axis=0), *grads]
                dz = (dz @ arrays[2 * layer].T) * (hidden[layer] > 0)
            for a, s, g in zip(arrays, squares, grads, strict=True):
                s += 0.1 * (g**2 - s)
                a -= learning_rate * g / (np.sqrt(s) + 1e-7)
        losses.append(total / len(x))
    return losses


def test_the_untrained_net_is_near_the_logarithm_of_the_number_of_topics(rows):
    torch.manual_seed(0)
    p = CODE["proba"](CODE["build"](30, TOPICS, 8), rows[0])
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert -np.log(p[np.arange(60), rows[1]]).mean() == pytest.approx(np.log(TOPICS), abs=0.3)


def test_training_follows_the_same_steps_in_numpy(rows):
    torch.manual_seed(0)
    model = CODE["build"](30, TOPICS, 8)
    arrays = [a.detach().numpy().T.copy() for a in model.parameters()]
    losses = CODE["train"](model, *rows, epochs=4, batch_size=25)
    expected = reference(arrays, *rows, epochs=4, batch_size=25)
    np.testing.assert_allclose(losses, expected, rtol=1e-3)


def test_the_topics_are_learned(rows):
    torch.manual_seed(0)
    model = CODE["build"](30, TOPICS, 8)
    CODE["train"](model, *rows, epochs=60, batch_size=20, learning_rate=0.01)
    assert (CODE["proba"](model, rows[0]).argmax(axis=1) == rows[1]).mean() > 0.95
