"""Learning curves: how a metric changed over the epochs."""

import re
from difflib import get_close_matches

import numpy as np

from labkit.history import History
from labkit.plot.style import new_axes, use_style

_UNITS = {"loss": "mean over examples", "accuracy": "fraction of examples"}
_LINE_END = "line end"  # marks the texts that name a line, so that a later call can move them


def learning_curve(history, *, metric="loss", ax=None, label="", unit=None, log_epochs=False):
    """Draw a metric over the epochs: training solid, validation dashed, named at their ends.

    Call it again with the same ``ax`` and another ``label`` to compare runs. Runs of very unlike
    lengths are best compared on a log axis, where each doubling of the epochs is as wide.

    Parameters
    ----------
    history : History
        At least one epoch. ``val_`` + metric is drawn too if it was recorded.
    metric : str
        A training column, such as "loss" or "accuracy".
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    label : str
        Name of the run, put before "training" and "validation".
    unit : str, optional
        Unit for the y axis; known for loss and accuracy.
    log_epochs : bool
        Draw the epochs on a log axis; it begins at epoch 1, since zero has no logarithm.

    Returns
    -------
    matplotlib.axes.Axes
        With x counted from 1: the number of epochs of training behind each point.

    Raises
    ------
    TypeError
        If ``history`` is not a History.
    ValueError
        If it is empty, or a column holds no finite number.
    KeyError
        If the metric was not recorded; names the nearest one.

    Examples
    --------
    >>> rows = [{"epoch": e, "loss": 1 / (e + 1), "val_loss": 1.2 / (e + 1)} for e in range(5)]
    >>> ax = learning_curve(History(rows))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('epoch (counted from 1)', 'loss (mean over examples)')
    >>> [line.get_linestyle() for line in ax.get_lines()]
    ['-', '--']
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    _check(history, metric)
    epochs = history["epoch"] + 1
    from matplotlib.ticker import MaxNLocator

    with use_style():
        ax = new_axes(ax)
        few = {"marker": "o", "markersize": 4} if len(history) <= 12 else {}
        for part, prefix, dash in (("training", "", "-"), ("validation", "val_", "--")):
            if prefix + metric in history:
                name = f"{label}: {part}" if label else part
                y = history[prefix + metric]
                name_at_end(ax, *ax.plot(epochs, y, dash, label=name, **few))
        unit = _UNITS.get(metric) if unit is None else unit
        ax.set(xlabel="epoch (counted from 1)", ylabel=f"{metric} ({unit})" if unit else metric)
        if log_epochs:
            ax.set(xscale="log", xlabel="epoch (counted from 1, log scale)")
            ax.xaxis.set_major_formatter("{x:.0f}")  # 100, not 10²
            ax.set_xlim(left=0.9, auto=True)
        else:
            whole = MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1)
            ax.xaxis.set_major_locator(whole)
            ax.set_xlim(left=0.5, auto=True)  # there is no epoch 0 when counting from 1
        spread_names(ax)
    return ax


def _check(history, metric):
    if not isinstance(history, History):
        raise TypeError(
            f"expected a History, got {type(history).__name__}; make one: History(rows)"
        )
    if not len(history):
        raise ValueError("expected a history of at least one epoch, got none; train first")
    names = [name for name in history.columns[1:] if not re.match("seconds|val_", name)]
    if metric not in names:
        near = get_close_matches(str(metric), names, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"expected a metric out of {names}, got {metric!r}{hint}")
    for column in (metric, "val_" + metric):
        if column in history and not np.isfinite(history[column]).any():
            raise ValueError(f"expected finite numbers in {column!r}, got none at all")


def name_at_end(ax, line):
    """Write a line's label beside its last finite point, in its colour."""
    x, y = line.get_data()
    last = np.flatnonzero(np.isfinite(y))[-1]
    style = {"color": line.get_color(), "va": "center", "annotation_clip": False, "gid": _LINE_END}
    beside = {"xytext": (7, 0), "textcoords": "offset points"}
    ax.annotate(line.get_label(), (x[last], y[last]), **beside, **style)


def spread_names(ax, gap=13.0):
    """Move the names at the line ends apart until they are ``gap`` points from each other."""
    from sklearn.isotonic import isotonic_regression

    texts = [text for text in ax.texts if text.get_gid() == _LINE_END]
    to_points = 72 / ax.figure.dpi
    ends = np.array([ax.transData.transform(text.xy)[1] * to_points for text in texts])
    order = np.argsort(ends, kind="stable")
    # Less one gap for each name below, the places need only not decrease: isotonic regression
    # finds the nearest such places, least squares.
    below = gap * np.arange(len(ends))
    for i, place in zip(order, isotonic_regression(ends[order] - below) + below, strict=True):
        texts[i].set_position((7, place - ends[i]))
