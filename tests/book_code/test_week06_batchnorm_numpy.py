"""The chapter's batch norm in NumPy is labkit's, forward and backward, in training and after."""

import runpy
from pathlib import Path

import numpy as np

from labkit.scratch.norm import KERAS, BatchNorm

code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_batchnorm_numpy.py"))


def test_the_chapters_functions_are_the_layer():
    rng = np.random.default_rng(0)
    gamma, beta = rng.normal(size=(2, 3))
    layer, mu, v = BatchNorm(3, **KERAS), np.zeros(3), np.ones(3)
    layer.params.update(gamma=gamma, beta=beta)
    for _ in range(3):
        x, g = rng.normal(2, 3, (6, 3)), rng.normal(size=(6, 3))
        y, (x_hat, s, batch_mu, batch_v) = code["forward"](x, gamma, beta)
        dx, dgamma, dbeta = code["backward"](g, gamma, x_hat, s)
        mu, v = code["track"](mu, batch_mu), code["track"](v, batch_v)
        np.testing.assert_allclose(layer.forward(x, training=True), y, rtol=1e-12)
        np.testing.assert_allclose(layer.backward(g), dx, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(layer.grads["gamma"], dgamma, rtol=1e-12)
        np.testing.assert_allclose(layer.grads["beta"], dbeta, rtol=1e-12)
        np.testing.assert_allclose(layer.running_var, v, rtol=1e-12)
        inferred = code["inference"](x, gamma, beta, mu, v)
        np.testing.assert_allclose(layer.forward(x), inferred, rtol=1e-12)
