import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.plot import activation, loss_surface, paths
from labkit.scratch import activations

RANGES = {"x_range": (-2, 2), "y_range": (0, 1)}


def test_a_surface_shows_each_parameter_on_its_axis():
    asked = []

    def f(m, c):
        asked.append((m, c))
        return m**2 + 10 * c

    ax = loss_surface(f, **RANGES, names=("slope m", "offset c"), steps=5)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("slope m", "offset c")
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2, 2), (0, 1))
    assert {(round(m, 6), round(c, 6)) for m, c in asked} == {
        (m, c) for m in (-2, -1, 0, 1, 2) for c in (0, 0.25, 0.5, 0.75, 1)
    }
    filled = ax.collections[0]
    assert filled.get_array() is not None
    assert filled.zmax == 14
    lowest = filled.get_paths()[0].vertices  # about m = 0, c = 0
    assert np.abs(lowest[:, 1]).max() < 0.2
    assert ax.figure.axes[1].get_ylabel() == "loss"


def test_a_path_is_drawn_from_its_start_to_its_end():
    path = np.array([[1.5, 0.9], [1.0, 0.5], [0.1, 0.2]])
    ax = loss_surface(lambda m, c: m**2 + c, **RANGES, path=path, steps=5)
    for line in ax.get_lines():
        np.testing.assert_array_equal(line.get_xydata(), path)
    marks = {c.get_label(): c.get_offsets().data[0].tolist() for c in ax.collections[2:]}
    assert marks == {"start": [1.5, 0.9], "end": [0.1, 0.2]}


def test_a_surface_without_a_path_has_no_line_and_no_legend():
    ax = loss_surface(lambda m, c: m + c, **RANGES, steps=3)
    assert len(ax.get_lines()) == 0
    assert ax.get_legend() is None


def test_a_flat_surface_can_be_drawn():
    loss_surface(lambda m, c: 3.0, **RANGES, steps=3).figure.canvas.draw()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x_range": (1, 1)}, "got 1 to 1"),
        ({"y_range": (0, np.inf)}, "got 0 to inf"),
        ({"path": [1.0, 2.0]}, r"shape \(t, 2\), got \(2,\)"),
        ({"path": [[1.0, np.nan]]}, "finite numbers"),
        ({"f": lambda m, c: np.nan if m > 1 else 0.0}, r"got nan at \(2, 0\); choose narrower"),
    ],
)
def test_a_surface_refuses_what_it_cannot_draw(change, message):
    arguments = {"f": lambda m, c: m, "steps": 3, **RANGES} | change
    with pytest.raises(ValueError, match=message):
        loss_surface(arguments.pop("f"), **arguments)


@pytest.mark.parametrize("name", ["Linear", "Sigmoid", "Tanh", "ELU", "Softplus"])
def test_an_activation_is_drawn_solid_and_its_derivative_dashed(name):
    ax = activation(getattr(activations, name), z_range=(-2, 3))
    value, slope = ax.get_lines()
    assert (value.get_linestyle(), slope.get_linestyle()) == ("-", "--")
    z = value.get_xdata()
    assert (z[0], z[-1]) == (-2, 3)
    assert ax.get_title("left") == name
    np.testing.assert_array_equal(value.get_ydata(), getattr(activations, name).forward(z))
    np.testing.assert_allclose(slope.get_ydata(), np.gradient(value.get_ydata(), z), atol=0.01)


@pytest.mark.parametrize(("name", "breaks"), [("Step", (1, 0)), ("Sign", (1, 0)), ("ReLU", (0, 1))])
def test_a_line_breaks_where_its_function_jumps(name, breaks):
    lines = activation(getattr(activations, name)).get_lines()
    assert tuple(int(np.isnan(line.get_ydata()).sum()) for line in lines) == breaks


def test_a_steep_scale_makes_no_break():
    line = activation(activations.Linear, z_range=(-4000, 4000)).get_lines()[0]
    assert np.isfinite(line.get_ydata()).all()


def test_a_softmax_is_refused():
    with pytest.raises(ValueError, match="entry by entry, got Softmax"):
        activation(activations.Softmax)


def test_both_draw_on_the_axes_they_are_given_and_leave_the_settings_alone():
    before = dict(mpl.rcParams)
    _, axes = plt.subplots(1, 2)
    assert loss_surface(lambda m, c: m, **RANGES, steps=3, ax=axes[0]) is axes[0]
    assert activation(activations.ReLU, ax=axes[1]) is axes[1]
    assert plt.get_fignums() == [axes[0].figure.number]
    assert dict(mpl.rcParams) == before


WAYS = {"slow": [[1.5, 0.9], [1.4, 0.8], [1.3, 0.6]], "fast": [[1.5, 0.9], [0.2, 0.1]]}


def test_each_way_is_drawn_under_its_name_from_a_common_ring():
    ax = paths(lambda m, c: m**2 + c, WAYS, **RANGES, names=("slope m", "offset c"), steps=5)
    drawn = {line.get_label(): line.get_xydata().tolist() for line in ax.get_lines()}
    assert drawn == WAYS
    assert len({line.get_linestyle() for line in ax.get_lines()}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["slow", "fast"]
    assert ax.collections[-1].get_offsets().data.tolist() == [[1.5, 0.9]]
    assert (ax.get_xlabel(), ax.get_xlim(), ax.get_ylim()) == ("slope m", (-2, 2), (0, 1))


def test_height_lines_enclose_equal_areas():
    ax = paths(lambda m, c: np.exp(20 * m), WAYS, **RANGES, steps=101)
    places = [path.vertices[0, 0] for path in ax.collections[0].get_paths()]
    # Quantiles of the loss are quantiles of m: even steps from −2 to 2.
    np.testing.assert_allclose(places, np.linspace(-1.92, 1.92, 13), atol=0.02)


def test_ways_are_refused_as_a_surface_refuses_its_path():
    with pytest.raises(ValueError, match="finite numbers of shape"):
        paths(lambda m, c: m, {"lost": [[1.0, np.nan]]}, **RANGES)
    with pytest.raises(ValueError, match="expected finite losses"):
        paths(lambda m, c: np.inf, WAYS, **RANGES, steps=3)
