import numpy as np
import pytest

from labkit.plot import gate_map


def test_each_unit_of_each_gate_is_a_row_in_the_order_given():
    z, r = np.random.default_rng(0).random((2, 7, 2))
    ax = gate_map({"update": z, "reset": r, "mark": np.arange(7) / 6})
    assert np.array_equal(ax.images[0].get_array(), np.vstack([z.T, r.T, np.arange(7) / 6]))
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels == ["update 1", "update 2", "reset 1", "reset 2", "mark"]
    assert ax.get_xlabel() == "step"


def test_the_colours_run_from_shut_to_open_whatever_the_values():
    assert gate_map({"z": np.full(4, 0.5)}).images[0].get_clim() == (0, 1)


def test_gates_are_drawn_where_they_are_told_to():
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(2)
    assert gate_map({"z": np.zeros(3)}, ax=axes[1]) is axes[1]
    assert not axes[0].images


@pytest.mark.parametrize("value", [-0.1, 1.5, np.nan])
def test_what_is_no_gate_is_refused(value):
    with pytest.raises(ValueError, match="gates from 0 to 1"):
        gate_map({"n": np.array([0.5, value])})


@pytest.mark.parametrize("gates", [{}, {"z": np.zeros(3), "r": np.zeros(4)}])
def test_no_gates_or_unlike_lengths_are_refused(gates):
    with pytest.raises(ValueError, match="same number of steps"):
        gate_map(gates)
