"""Repeatable randomness: one seed for a lab, and a row order that depends on nothing else.

NumPy is imported where it is needed: ``import labkit`` brings this module, and stays instant.
"""

import random
import sys


def seed_everything(seed: int):
    """Seed Python, NumPy and each framework that is already imported.

    Call it in a lab after its imports; functions in labkit never call it and take an ``rng``.

    Parameters
    ----------
    seed : int
        0 ≤ seed < 2**32.

    Returns
    -------
    numpy.random.Generator
        A fresh generator with this seed, for the lab's own draws.

    Raises
    ------
    ValueError
        If the seed is out of range.

    Examples
    --------
    >>> int(seed_everything(0).integers(100)) == int(seed_everything(0).integers(100))
    True
    """
    if not 0 <= seed < 2**32:
        raise ValueError(f"expected a seed with 0 <= seed < 2**32, got {seed}")
    import numpy as np

    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(seed)
    return np.random.default_rng(seed)


def epoch_order(n: int, *, seed: int, epoch: int):
    """Return the order in which an epoch visits the rows.

    It depends on the seed and the epoch's number only, so a run that was killed and resumed
    sees the same rows in the same order.

    Parameters
    ----------
    n : int
        Number of rows.
    seed : int
        The run's seed.
    epoch : int
        Zero-based epoch.

    Returns
    -------
    ndarray of shape (n,), int64
        A permutation of 0 … n − 1.

    Examples
    --------
    >>> sorted(epoch_order(4, seed=1, epoch=2).tolist())
    [0, 1, 2, 3]
    """
    import numpy as np

    return np.random.default_rng([seed, epoch]).permutation(n)
