"""Logic gates."""

import numpy as np
import pytest

from labkit.data.toy import gate

TRUTH = {
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "xor": lambda a, b: a != b,
    "nand": lambda a, b: not (a and b),
}


@pytest.mark.parametrize("name", TRUTH)
def test_gate_is_its_truth_table(name):
    x, y = gate(name)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert [bool(value) for value in y] == [TRUTH[name](*map(bool, row)) for row in x]
    assert (x.dtype, y.dtype) == (np.float64, np.int64)


def test_gates_do_not_share_their_arrays():
    gate("and").x[:] = 7
    assert gate("and").x.max() == 1


def test_an_unknown_gate_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="and, or, xor, nand, got 'not'"):
        gate("not")
