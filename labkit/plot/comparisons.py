"""Several runs in one picture: a mean with its band, two methods seed by seed, a ROC curve."""

import numpy as np

from labkit import metrics
from labkit.history import History
from labkit.plot.curves import name_at_end, spread_names
from labkit.plot.style import new_axes, palette, use_style

_BANDS = {
    "sd": lambda runs: runs.mean(axis=0) + runs.std(axis=0, ddof=1) * [[-1], [1]],
    "range": lambda runs: (runs.min(axis=0), runs.max(axis=0)),
    "interval": lambda runs: np.transpose([metrics.mean_interval(run) for run in runs.T]),
}


def replicates(runs, *, metric="val_loss", x=None, band="sd", label="", ax=None, **style):
    """Draw the mean of several runs over the epochs, or over a setting, with a band around it.

    Call it again with the same ``ax`` and another ``label`` to compare protocols. The lines are
    named at their ends.

    Parameters
    ----------
    runs : sequence of n ≥ 2 History, or ndarray of shape (n, points), float
        One run a seed; all of one length.
    metric : str
        The column of the histories to draw; a name with ``val_`` is dashed. Of an array it is the
        name for the y axis.
    x : ndarray of shape (points,), optional
        Where the points stand; by default the epochs, counted from 1. For a log axis write
        ``ax.set_xscale("log")`` afterwards.
    band : {"sd", "range", "interval"}
        One standard deviation (n − 1) to either side, lowest to highest run, or Student's 95 %
        interval of the mean.
    label : str
        Name of the protocol; empty: the metric.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    **style
        For the line: color, marker …

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are fewer than two runs, their lengths differ or are not that of x, a value is not
        finite, or the band is unknown.

    Examples
    --------
    >>> runs = [History([{"epoch": 0, "loss": 2.0 + s}, {"epoch": 1, "loss": 1.0}]) for s in (0, 1)]
    >>> ax = replicates(runs, metric="loss")
    >>> ax.get_lines()[0].get_ydata()
    array([2.5, 1. ])
    >>> ax.get_xlabel()
    'epoch (counted from 1)'
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    if band not in _BANDS:
        raise ValueError(f"expected a band out of {list(_BANDS)}, got {band!r}")
    columns = [run[metric] if isinstance(run, History) else np.asarray(run, float) for run in runs]
    shapes = {column.shape for column in columns}
    wanted = None if x is None else np.shape(x)
    if (
        len(columns) < 2
        or len(shapes) != 1
        or columns[0].ndim != 1
        or wanted not in (None, *shapes)
    ):
        raise ValueError(
            f"expected at least two runs of one length, that of x, got {len(columns)} of "
            f"{sorted(shapes)} and x of {wanted}; cut longer runs to the length of the shortest"
        )
    values = np.stack(columns)  # (n, points)
    if not np.isfinite(values).all():
        raise ValueError(f"expected finite values of {metric!r}, got NaN or infinite ones")
    places = np.arange(1, values.shape[1] + 1) if x is None else np.asarray(x)
    style = {"linestyle": "--" if metric.startswith("val_") else "-", **style}
    with use_style():
        ax = new_axes(ax)
        line = ax.plot(places, values.mean(axis=0), label=label or metric, **style)[0]
        shade = {"color": line.get_color(), "alpha": 0.2, "linewidth": 0}
        ax.fill_between(places, *_BANDS[band](values), **shade)
        name_at_end(ax, line)
        ax.set_ylabel(metric)
        if x is None:
            ax.set_xlabel("epoch (counted from 1)")
            ax.xaxis.get_major_locator().set_params(integer=True)
        spread_names(ax)
    return ax


def paired(base, other, *, names=("base", "other"), unit="", level=0.95, ax=None):
    """Draw two methods seed by seed: one line a seed, and the interval of the mean difference.

    The error bar at the right stands at the mean of ``base`` plus the mean difference; if it
    crosses the dotted line, zero difference lies in the interval.

    Parameters
    ----------
    base, other : ndarray of shape (n,), float
        Results, n ≥ 2; the same place is the same seed.
    names : pair of str
        What to call them.
    unit : str
        What is measured, for the y axis.
    level : float in (0, 1)
        Level of the interval.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two pairs, or the level is out of range.

    Examples
    --------
    >>> ax = paired([1.0, 2.0, 3.0], [2.0, 3.5, 3.5], names=("dry", "wet"), unit="yield (kg)")
    >>> ax.get_title("left")
    'wet − dry: +1 [-0.242, +2.24]'
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    gap = metrics.paired_difference(base, other, level=level)
    pairs, middle = np.stack([base, other]).astype(float), float(np.mean(base))  # (2, n)
    blue, orange = palette()[:2]
    with use_style():
        ax = new_axes(ax)
        ax.axhline(middle, color="black", linestyle=":", linewidth=1)
        ax.plot([0, 1], pairs, "o-", color=blue, alpha=0.6, linewidth=1.2, markersize=4)
        ends = [[gap.mean - gap.low], [gap.high - gap.mean]]
        ax.errorbar([2], [middle + gap.mean], ends, fmt="D", color=orange, capsize=5)
        words = f"mean difference\nand {level:.0%} interval"
        ax.set_xticks([0, 1, 2], [*names, words])
        ax.set(xlim=(-0.35, 2.5), ylabel=unit)
        ax.set_title(f"{names[1]} − {names[0]}: {gap.mean:+.3g} [{gap.low:+.3g}, {gap.high:+.3g}]")
    return ax


def roc(y_true, score, *, label="", ax=None):
    """Draw the ROC curve: the share of positives found against the share of false alarms.

    Parameters
    ----------
    y_true : ndarray of shape (n,), 0 and 1
        The truth; both classes occur.
    score : ndarray of shape (n,), float
        Larger means more likely 1: a probability or a logit.
    label : str
        Name of the curve, put before its area.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With the area under the curve (AUC) in the legend.

    Raises
    ------
    ValueError
        If the shapes differ, a score is not finite, or y_true is not of two classes 0 and 1.

    Examples
    --------
    >>> ax = roc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], label="net")
    >>> ax.get_legend().get_texts()[0].get_text()
    'net: AUC 0.750'
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    from sklearn.metrics import roc_auc_score, roc_curve

    y_true, score = np.asarray(y_true), np.asarray(score, float)
    if y_true.shape != score.shape or y_true.ndim != 1 or set(np.unique(y_true)) != {0, 1}:
        raise ValueError(
            f"expected labels 0 and 1, both of them, and one score each, got {y_true.shape} with "
            f"{np.unique(y_true)[:5]} and {score.shape}; of (n, 1) pass .ravel()"
        )
    if not np.isfinite(score).all():
        raise ValueError("expected finite scores, got NaN or infinite ones")
    false, found, _ = roc_curve(y_true, score, drop_intermediate=False)
    name = f"{label}: " if label else ""
    with use_style():
        ax = new_axes(ax, figsize=(4.6, 4.4))
        first = not ax.get_lines()
        ax.plot(false, found, label=f"{name}AUC {roc_auc_score(y_true, score):.3f}")
        if first:
            ax.plot([0, 1], [0, 1], "k:", linewidth=1, label="_chance")
        ax.set(xlabel="false alarms (share of class 0)", ylabel="found (share of class 1)")
        ax.set_aspect("equal")
        ax.legend(loc="lower right")
    return ax
