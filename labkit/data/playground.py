"""The four toy sets of the well-known browser playground, drawn with its conventions.

They are what week 1 trains on: two inputs that fit on a screen, targets −1 and +1, and one slider
for the noise. They are generated, so there is nothing to fetch.
"""

import numpy as np

from labkit.types import Split


def playground(name: str, *, n: int = 500, noise: float = 0.0, rng: np.random.Generator) -> Split:
    """Draw one of the playground's classification sets, rows in random order.

    How the noise enters depends on the set. In "xor" and "circle" it moves the point *before the
    label is read* and the point is then shown where it was: each coordinate is shifted by a
    uniform draw from ±5·noise, so the noise flips labels near the border and nowhere else. In
    "spiral" it moves the shown point, by a uniform draw from ±noise in each coordinate. In "gauss"
    it widens both clouds: their variance is 0.5 + 7·noise.

    Parameters
    ----------
    name : {"circle", "xor", "gauss", "spiral"}
        Which set.
    n : int, even
        Number of rows; the playground shows 500 and trains on half of them.
    noise : float in [0, 0.5]
        The slider, as a fraction: its 25 % is 0.25.
    rng : numpy.random.Generator
        Every draw comes from it.

    Returns
    -------
    Split
        x, ndarray of shape (n, 2), float64, within ±6 except for tails of "gauss"; y, ndarray of
        shape (n,), float64, each −1.0 or 1.0.

    Raises
    ------
    ValueError
        If the name is unknown, n is not even and positive, or the noise lies outside [0, 0.5].

    References
    ----------
    Chapter 1, section "The toy sets". D. Smilkov et al. (2017), "Direct-manipulation visualization
    of deep networks", arXiv:1708.03788.

    Examples
    --------
    >>> x, y = playground("xor", n=6, rng=np.random.default_rng(0))
    >>> x.shape, bool(np.all(y == np.sign(x[:, 0] * x[:, 1])))
    ((6, 2), True)
    """
    if name not in _DRAW:
        raise ValueError(f"expected one of {', '.join(_DRAW)}, got {name!r}")
    if n < 2 or n % 2:
        raise ValueError(f"expected a positive even number of rows n, got {n}; try n={n + n % 2}")
    if not 0 <= noise <= 0.5:
        raise ValueError(
            f"expected noise as a fraction in [0, 0.5], got {noise}; the slider's 25 % is 0.25"
        )
    x, y = _DRAW[name](n, noise, rng)
    rows = rng.permutation(n)
    return Split(x[rows], y[rows])


def _circle(n, noise, rng):
    r = np.concatenate([rng.uniform(0, 2.5, n // 2), rng.uniform(3.5, 5, n // 2)])
    x = r[:, None] * _direction(rng.uniform(0, 2 * np.pi, n))  # (n, 2)
    distance = np.linalg.norm(x + rng.uniform(-5, 5, (n, 2)) * noise, axis=1)
    return x, np.where(distance < 2.5, 1.0, -1.0)


def _xor(n, noise, rng):
    x = rng.uniform(-5, 5, (n, 2))
    x += np.where(x > 0, 0.3, -0.3)  # leaves an empty cross between the quadrants
    moved = x + rng.uniform(-5, 5, (n, 2)) * noise
    return x, np.where(moved[:, 0] * moved[:, 1] >= 0, 1.0, -1.0)


def _gauss(n, noise, rng):
    y = np.repeat([1.0, -1.0], n // 2)
    return 2 * y[:, None] + rng.normal(0, np.sqrt(0.5 + 7 * noise), (n, 2)), y


def _spiral(n, noise, rng):
    y = np.repeat([1.0, -1.0], n // 2)
    share = np.tile(np.arange(n // 2) / (n // 2), 2)  # 0 … 1 along each arm
    angle = 3.5 * np.pi * share + np.where(y > 0, 0, np.pi)
    x = 5 * share[:, None] * _direction(angle)
    return x + rng.uniform(-1, 1, (n, 2)) * noise, y


def _direction(angle):
    return np.column_stack([np.sin(angle), np.cos(angle)])


_DRAW = {"circle": _circle, "xor": _xor, "gauss": _gauss, "spiral": _spiral}
