"""How much work a lab does: ``quick`` (bundled samples), ``full`` (real sets) or ``gpu``.

A lab asks once, ``PROFILE = labkit.profile()``, and then picks its sizes with
``budget(quick=..., full=...)``. The environment variable ``LABKIT_PROFILE`` wins over the
lab's own choice, so that one notebook serves a laptop, a class and a GPU machine.
"""

import os
import sys

PROFILES = ("quick", "full", "gpu")
_EXPECT = {
    "quick": "quick: small bundled samples, about a minute; the book's values come from full",
    "full": "full: the real data sets on two CPU cores, up to 20 minutes",
    "gpu": "gpu: the published protocol; expects an accelerator and hours of work",
}
_current = None


def profile(choice: str = "quick") -> str:
    """Choose the profile of this session, and say in one line what to expect.

    Parameters
    ----------
    choice : {"quick", "full", "gpu"}
        The lab's own choice. ``LABKIT_PROFILE``, if set, wins.

    Returns
    -------
    str
        The profile in force.

    Raises
    ------
    ValueError
        If the profile asked for is none of the three.

    Examples
    --------
    >>> import os; _ = os.environ.pop("LABKIT_PROFILE", None)
    >>> profile("quick")
    quick: small bundled samples, about a minute; the book's values come from full
    'quick'
    """
    global _current
    _current = _wanted(choice)
    say(_EXPECT[_current])
    return _current


def _wanted(choice):
    """Return the environment's profile, or else the choice; refuse any but the three."""
    wanted = os.environ.get("LABKIT_PROFILE") or choice
    if wanted not in PROFILES:
        origin = "LABKIT_PROFILE" if os.environ.get("LABKIT_PROFILE") else "profile(choice)"
        raise ValueError(
            f"expected one of {', '.join(PROFILES)} from {origin}, got {wanted!r}; "
            "set LABKIT_PROFILE=quick for the small run that works everywhere"
        )
    return wanted


def current() -> str:
    """Return the profile in force: the one chosen, or else the environment's, or ``quick``."""
    return _current or _wanted("quick")


def budget(*, quick, full, gpu=None):
    """Pick the value that belongs to the profile in force.

    Parameters
    ----------
    quick, full : object
        The value for either profile: a number of epochs, a data-set id, a list of seeds.
    gpu : object, optional
        The value for ``gpu``; by default that of ``full``.

    Returns
    -------
    object
        The chosen value.

    Examples
    --------
    >>> import os; os.environ["LABKIT_PROFILE"] = "full"
    >>> _ = profile()
    full: the real data sets on two CPU cores, up to 20 minutes
    >>> budget(quick=3, full=50)
    50
    >>> _ = os.environ.pop("LABKIT_PROFILE"), profile("quick")
    quick: small bundled samples, about a minute; the book's values come from full
    """
    return {"quick": quick, "full": full, "gpu": full if gpu is None else gpu}[current()]


def say(line: str) -> None:
    """Tell the student one line; the only place in labkit that writes to the screen."""
    sys.stdout.write(line + "\n")
