"""Toy sets that fit on a page: the logic gates of week 2."""

import numpy as np

from labkit.types import Split

_GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "xor": [0, 1, 1, 0], "nand": [1, 1, 1, 0]}


def gate(name: str) -> Split:
    """Return the truth table of a logic gate with two inputs.

    Parameters
    ----------
    name : {"and", "or", "xor", "nand"}
        The gate.

    Returns
    -------
    Split
        x float64 (4, 2), rows 00, 01, 10, 11; y int64 (4,). Float64, since these four rows are
        worked through digit by digit beside a spreadsheet.

    Raises
    ------
    ValueError
        If there is no such gate.

    References
    ----------
    McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.

    Examples
    --------
    >>> gate("and").y.tolist()
    [0, 0, 0, 1]
    """
    if name not in _GATES:
        raise ValueError(f"expected a gate out of {', '.join(_GATES)}, got {name!r}")
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float64)
    return Split(x, np.array(_GATES[name], np.int64))
