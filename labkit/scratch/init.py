"""Initial weights: small enough to learn from, and different in each unit.

Each function takes a shape and a generator and returns an ndarray of that shape, float64. The last
axis counts outputs, the one before it inputs; a convolution's window comes before both.
"""

import numpy as np


def zeros(shape, rng=None):
    """Return zeros: right for biases; in hidden weights every unit stays a copy of the others."""
    return np.zeros(shape)


def normal(sd: float):
    """Return an initialiser of normal numbers with mean 0 and standard deviation sd.

    Examples
    --------
    >>> normal(0.1)((2, 3), np.random.default_rng(0)).round(2)
    array([[ 0.01, -0.01,  0.06],
           [ 0.01, -0.05,  0.04]])
    """
    return lambda shape, rng: rng.normal(0, sd, shape)


def glorot_uniform(shape, rng):
    """Return uniform numbers of variance 2 / (inputs + outputs), for tanh and sigmoid units.

    Parameters
    ----------
    shape : tuple of int
        (n_in, n_out), or with a window before it (..., n_in, n_out).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of that shape, float64
        In ± √(6 / (inputs + outputs)), where a window counts once for each of its cells.

    References
    ----------
    Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS.

    Examples
    --------
    >>> w = glorot_uniform((300, 100), np.random.default_rng(0))
    >>> round(float(w.var() * (300 + 100)), 1)
    2.0
    """
    limit = np.sqrt(6 / (np.prod(shape[:-2]) * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape)


def he_normal(shape, rng):
    """Return normal numbers of variance 2 / inputs, for ReLU units, which pass half their inputs.

    Parameters
    ----------
    shape : tuple of int
        (n_in, n_out), or with a window before it (..., n_in, n_out).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of that shape, float64
        Not cut off at two standard deviations, unlike Keras's initialiser of that name.

    References
    ----------
    He, Zhang, Ren and Sun (2015), "Delving deep into rectifiers", ICCV.

    Examples
    --------
    >>> w = he_normal((300, 100), np.random.default_rng(0))
    >>> round(float(w.var() * 300), 1)
    2.0
    """
    return rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)


BY_NAME = {"glorot": glorot_uniform, "he": he_normal, "zeros": zeros}
"""Initialisers that a layer takes by name."""
