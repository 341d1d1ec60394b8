import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.history import History
from labkit.metrics import mean_interval, paired_difference
from labkit.plot import paired, replicates, roc

RUNS = np.array([[3.0, 2.0, 1.0], [5.0, 2.0, 0.0], [4.0, 5.0, 2.0]])


def histories(values=RUNS):
    return [
        History([{"epoch": e, "val_loss": v} for e, v in enumerate(run)]) for run in values.tolist()
    ]


def band_of(ax):
    """Return the lower and the upper edge of the shaded band."""
    corners = ax.collections[-1].get_paths()[0].vertices
    return np.array([np.sort(corners[corners[:, 0] == x, 1])[[0, -1]] for x in (1, 2, 3)]).T


def test_replicates_draw_the_mean_of_the_runs_over_epochs_from_one():
    for runs in (RUNS, histories()):
        ax = replicates(runs)
        line = ax.get_lines()[0]
        np.testing.assert_allclose(line.get_ydata(), RUNS.mean(axis=0))
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        assert ax.get_xlabel() == "epoch (counted from 1)"
        assert ax.get_ylabel() == "val_loss"
        assert line.get_linestyle() == "--"
    assert replicates(RUNS, metric="loss").get_lines()[0].get_linestyle() == "-"


@pytest.mark.parametrize(
    ("band", "edges"),
    [
        ("sd", RUNS.mean(axis=0) + [[-1], [1]] * RUNS.std(axis=0, ddof=1)),
        ("range", [RUNS.min(axis=0), RUNS.max(axis=0)]),
        ("interval", np.transpose([mean_interval(column) for column in RUNS.T])),
    ],
)
def test_the_band_is_the_one_asked_for(band, edges):
    np.testing.assert_allclose(band_of(replicates(RUNS, band=band)), edges)


def test_replicates_stand_at_the_settings_given_and_may_go_on_a_log_axis():
    ax = replicates(RUNS, x=[1e-6, 1e-4, 1e-2], metric="accuracy", label="L2", marker="o")
    ax.set_xscale("log")
    np.testing.assert_array_equal(ax.get_lines()[0].get_xdata(), [1e-6, 1e-4, 1e-2])
    assert ax.get_xlabel() == ""
    assert [text.get_text() for text in ax.texts] == ["L2"]


def test_a_second_protocol_joins_the_axes_in_another_colour():
    ax = replicates(RUNS, label="a")
    assert replicates(RUNS + 1, label="b", ax=ax) is ax
    assert [text.get_text() for text in ax.texts] == ["a", "b"]
    colours = [line.get_color() for line in ax.get_lines()]
    assert not mpl.colors.same_color(*colours)
    assert mpl.colors.same_color(ax.texts[1].get_color(), colours[1])


def test_replicates_refuse_what_has_no_band():
    for runs in (RUNS[:1], [RUNS[0], RUNS[0, :2]], RUNS[0]):
        with pytest.raises(ValueError, match="at least two runs of one length"):
            replicates(runs)
    with pytest.raises(ValueError, match=r"x of \(2,\)"):
        replicates(RUNS, x=[1, 2])
    with pytest.raises(ValueError, match="finite"):
        replicates(RUNS * np.nan)
    with pytest.raises(ValueError, match="got '95'"):
        replicates(RUNS, band="95")
    assert plt.get_fignums() == []


def test_paired_draws_one_line_a_seed_and_the_interval_where_it_belongs():
    base, other = np.array([0.90, 0.92, 0.91]), np.array([0.92, 0.93, 0.93])
    ax = paired(base, other, names=("plain", "dropout"), unit="test accuracy")
    seeds = [line.get_ydata() for line in ax.get_lines() if list(line.get_xdata()) == [0, 1]]
    np.testing.assert_array_equal([y for y in seeds if len(set(y)) > 1], np.stack([base, other], 1))
    gap = paired_difference(base, other)
    (segment,) = ax.collections[0].get_segments()
    np.testing.assert_allclose(segment[:, 1], base.mean() + np.array(gap[1:3]))
    labels = [text.get_text() for text in ax.get_xticklabels()]
    assert labels == ["plain", "dropout", "mean difference\nand 95% interval"]
    assert ax.get_ylabel() == "test accuracy"


def test_paired_refuses_a_single_seed_and_seeds_without_a_partner():
    with pytest.raises(ValueError, match="run more seeds"):
        paired([1.0], [2.0])
    with pytest.raises(ValueError, match=r"got \(2,\) and \(3,\)"):
        paired([1.0, 2.0], [1.0, 2.0, 3.0])
    assert plt.get_fignums() == []


def test_the_area_under_the_roc_curve_is_the_share_of_pairs_in_the_right_order():
    rng = np.random.default_rng(0)
    y, score = np.arange(40) % 2, rng.normal(size=40)
    ax = roc(y, score, label="net")
    pairs = score[y == 1][:, None] > score[y == 0]
    assert ax.get_legend().get_texts()[0].get_text() == f"net: AUC {pairs.mean():.3f}"
    false, found = ax.get_lines()[0].get_data()
    assert np.trapezoid(found, false) == pytest.approx(pairs.mean())


def test_a_second_roc_curve_joins_the_axes_and_chance_is_drawn_once():
    ax = roc([0, 1], [0.2, 0.8], label="a")
    assert roc([0, 1], [0.8, 0.2], label="b", ax=ax) is ax
    assert len(ax.get_lines()) == 3
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["a: AUC 1.000", "b: AUC 0.000"]


def test_roc_refuses_what_has_no_curve():
    for y, score in (([1, 1], [0.5, 0.6]), ([0, 2], [0.5, 0.6]), ([[0], [1]], [0.5, 0.6])):
        with pytest.raises(ValueError, match="labels 0 and 1"):
            roc(y, score)
    with pytest.raises(ValueError, match="finite"):
        roc([0, 1], [np.nan, 1])
    assert plt.get_fignums() == []
