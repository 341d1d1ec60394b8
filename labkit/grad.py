"""Is a gradient right? Compare it with central differences, in float64."""

import numpy as np


def numerical_gradient(f, x, *, h: float = 1e-5) -> np.ndarray:
    """Return df/dx by central differences, (f(x + h) − f(x − h)) / 2h, one entry at a time.

    Parameters
    ----------
    f : callable
        Maps x to a number. It may also read x as a variable (a model's weights): x is changed in
        place while f is called, and restored.
    x : ndarray of any shape, float64
        Where to take the gradient.
    h : float
        Step. The error is about h²; much below 1e-5 rounding wins.

    Returns
    -------
    ndarray like x, float64

    Raises
    ------
    ValueError
        If x is not a float64 array (in float32 the differences drown in rounding).

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), np.array([1.0, -2.0])).round(6)
    array([ 2., -4.])
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        got = getattr(x, "dtype", type(x).__name__)
        raise ValueError(f"expected a float64 ndarray, got {got}; use x.astype(np.float64)")
    gradient = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        centre = x[place]
        try:
            x[place] = centre + h
            above = f(x)
            x[place] = centre - h
            below = f(x)
        finally:
            x[place] = centre
        gradient[place] = (above - below) / (2 * h)
    return gradient


def relative_error(a, b) -> float:
    """Return the largest of |a − b| / max(|a|, |b|, 1e-8) over the entries.

    Parameters
    ----------
    a, b : ndarray of one shape, float

    Returns
    -------
    float ≥ 0
        0 for equal arrays; 2 for a wrong sign.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> relative_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    0.5
    """
    return float(_errors(a, b).max(initial=0.0))


def _errors(a, b):
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"expected two arrays of one shape, got {a.shape} and {b.shape}")
    return np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8)


def check_gradient(f, gradient, x, *, h: float = 1e-5, tolerance: float = 1e-6) -> float:
    """Check a derived gradient against central differences.

    Entries that differ by less than the rounding error of the differences themselves, about
    1e-15 · |f| / h, count as equal.

    Parameters
    ----------
    f : callable
        Maps x to a number; see :func:`numerical_gradient`.
    gradient : ndarray like x, or callable
        The gradient of f at x, or a function of x that returns it.
    x : ndarray of any shape, float64
    h : float
        Step of the differences.
    tolerance : float
        Largest relative error that passes.

    Returns
    -------
    float
        The largest relative error.

    Raises
    ------
    ValueError
        If an entry is further off; the message names the worst one. Also if x is not float64 or
        the shapes differ.

    Examples
    --------
    >>> x = np.array([1.0, -2.0])
    >>> check_gradient(lambda x: (x**2).sum(), 2 * x, x) < 1e-9
    True
    >>> check_gradient(lambda x: (x**2).sum(), -2 * x, x)
    Traceback (most recent call last):
        ...
    ValueError: expected 2 at entry (0,), from central differences, got -2: relative error 2; ...
    """
    numeric = numerical_gradient(f, x, h=h)
    given = np.asarray(gradient(x) if callable(gradient) else gradient, dtype=np.float64)
    errors = _errors(numeric, given)
    errors = np.where(np.abs(numeric - given) < 1e-15 * abs(f(x)) / h, 0.0, errors)
    if not (errors <= tolerance).all():  # so that NaN fails, too
        worst = np.unravel_index(np.argmax(errors), errors.shape)  # argmax takes a NaN first
        place = tuple(int(i) for i in worst)
        raise ValueError(
            f"expected {numeric[worst]:.6g} at entry {place}, from central differences, got "
            f"{given[worst]:.6g}: relative error {errors[worst]:.2g}; look for a missing factor, "
            "sign or sum in its formula"
        )
    return float(errors.max(initial=0.0))
