import importlib.util
from pathlib import Path

import numpy as np
import pytest

from labkit.data.playground import playground
from labkit.grad import check_gradient

CODE = Path(__file__).parents[2] / "book" / "code" / "week01_net_numpy.py"


@pytest.fixture
def page():
    spec = importlib.util.spec_from_file_location(CODE.stem, CODE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(n=40, seed=0):
    x, y = playground("xor", n=n, noise=0.25, rng=np.random.default_rng(seed))
    return x, y[:, None]


def cost(page, net, x, y):
    return float(np.mean(0.5 * (page.forward(net, x)[1] - y) ** 2))


def test_the_gradients_of_the_chapter_agree_with_central_differences(page):
    x, y = rows()
    net = page.start(3, np.random.default_rng(1))
    for array, slope in zip(net, page.gradients(net, x, y), strict=True):
        assert array.shape == slope.shape
        check_gradient(lambda _: cost(page, net, x, y), slope, array)


def test_a_net_of_eight_units_learns_noisy_xor(page):
    x, y = rows(n=500)
    net = page.start(8, np.random.default_rng(0))
    before = cost(page, net, x, y)
    page.train(net, x, y, epochs=40)
    assert before > 0.45
    assert cost(page, net, x, y) < 0.177


def test_the_exact_weights_of_the_chapter_are_xor_on_the_box(page):
    net = (
        np.array([[1.0, 1, 0], [1, -1, 1]]),
        np.array([0.0, 0, 6]),
        np.array([[2.0], [-2], [-2]]),
        np.array([12.0]),
    )
    x = np.random.default_rng(2).uniform(-6, 6, (500, 2))
    exact = 2 * np.sign(x[:, 0] * x[:, 1]) * np.abs(x).min(axis=1)
    np.testing.assert_allclose(page.forward(net, x)[1][:, 0], np.tanh(exact), atol=1e-12)
