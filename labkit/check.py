"""An exercise's self-check: a tick when the answer is right, one hint when it is not yet."""

import numpy as np

from labkit.profile import say


class CheckFailed(ValueError):
    """The answer is not there yet; the message says what was expected, what came and a hint."""


def check(name: str, got, expected, *, tolerance: float = 1e-6, hint: str = "") -> None:
    """Compare an answer with what it should be, and say ``✓ name`` if it is right.

    Parameters
    ----------
    name : str
        What is checked, in a few words.
    got, expected : number, str, bool, array-like or tensor
        The student's answer and the right one; arrays must have the same shape.
    tolerance : float
        Largest allowed difference: absolute up to size 1, relative above.
    hint : str
        One sentence that helps without giving the answer away.

    Raises
    ------
    CheckFailed
        If the answer is missing, has another shape, or is too far off.

    Examples
    --------
    >>> check("one step", 0.5 * 0.25, 0.125)
    ✓ one step
    >>> check("one step", 0.25, 0.125, hint="Did you multiply by the learning rate?")
    Traceback (most recent call last):
    labkit.check.CheckFailed: one step: expected 0.125, got 0.25. Hint: Did you multiply by the ...
    """
    if got is None or got is Ellipsis:
        _fail(name, "expected an answer, got nothing yet", hint)
    got, expected = _array(got), _array(expected)
    if got.shape != expected.shape:
        _fail(name, f"expected the shape {expected.shape}, got {got.shape}", hint)
    if _is_number(got) and _is_number(expected):
        right = np.abs(1.0 * got - expected) <= tolerance * np.maximum(1, np.abs(expected))
    else:
        right = got == expected
    if not np.all(right):
        where = np.unravel_index(int(np.argmin(right)), right.shape)
        place = f" at {tuple(int(i) for i in where)}" if right.ndim else ""
        _fail(name, f"expected {expected[where]}, got {got[where]}{place}", hint)
    say(f"✓ {name}")


def check_that(name: str, condition, *, hint: str = "") -> None:
    """Say ``✓ name`` if the condition holds, and raise :class:`CheckFailed` otherwise.

    Parameters
    ----------
    name : str
        The claim, in a few words.
    condition : bool
        Whether it holds.
    hint : str
        One sentence that helps.

    Raises
    ------
    CheckFailed
        If the condition is false.

    Examples
    --------
    >>> check_that("the loss falls", 0.5 < 0.7)
    ✓ the loss falls
    """
    if not condition:
        _fail(name, "expected this to hold, got the opposite", hint)
    say(f"✓ {name}")


def _array(value) -> np.ndarray:
    """Return the value as an array; a tensor leaves its graph and its device first."""
    return np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)


def _is_number(array) -> bool:
    return array.dtype.kind in "iufc"


def _fail(name, message, hint):
    raise CheckFailed(f"{name}: {message}." + (f" Hint: {hint}" if hint else ""))
