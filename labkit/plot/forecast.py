"""Forecasts beside the truth, and their errors by horizon, season or model."""

import numpy as np

from labkit.plot.curves import name_at_end, spread_names
from labkit.plot.style import new_axes, use_style

_DASHES = ("--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))


def forecast(times, y_true, forecasts, *, unit="", ax=None):
    """Draw the truth and some forecasts of the same times: the truth solid, the others dashed.

    Parameters
    ----------
    times : ndarray of shape (n,), datetime64 or float
        The times that the forecasts are *for*, not those at which they were made.
    y_true : ndarray of shape (n,), float
        What came.
    forecasts : dict of str to ndarray of shape (n,), float
        What was said, by name.
    unit : str
        Unit of y, for the axis label.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are more than four forecasts, or shapes differ.

    Examples
    --------
    >>> ax = forecast(np.arange(3), np.array([1.0, 2, 3]), {"naive": np.array([0.0, 1, 2])})
    >>> [line.get_label() for line in ax.get_lines()]
    ['truth', 'naive']
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    _check(times, {"truth": y_true, **forecasts})
    if len(forecasts) > len(_DASHES):
        raise ValueError(f"expected at most {len(_DASHES)} forecasts, got {len(forecasts)}")
    with use_style():
        ax = new_axes(ax, figsize=(7.2, 3.6))
        ax.plot(times, y_true, color="black", linewidth=2.2, label="truth")
        for (name, values), dash in zip(forecasts.items(), _DASHES, strict=False):
            ax.plot(times, values, linestyle=dash, label=name, linewidth=1.5)
        ax.set(ylabel=f"forecast for this time{f' ({unit})' if unit else ''}")
        ax.legend(ncols=3)
    return ax


def error_by(groups, errors, *, xlabel, unit="", ax=None):
    """Draw each forecast's error over horizons, seasons or hours, named at the lines' ends.

    Parameters
    ----------
    groups : sequence of length k
        Numbers (horizons) or names (seasons).
    errors : dict of str to ndarray of shape (k,), float ≥ 0
        Mean absolute errors, by the name of the forecast.
    xlabel : str
        What the groups are, with their unit.
    unit : str
        Unit of the errors.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With y from 0.

    Raises
    ------
    ValueError
        If shapes differ.

    Examples
    --------
    >>> ax = error_by([3, 6], {"naive": [1.0, 2.0]}, xlabel="horizon (h)", unit="°C")
    >>> ax.get_ylabel()
    'mean absolute error (°C)'
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    _check(groups, errors)
    with use_style():
        ax = new_axes(ax)
        named = np.asarray(groups).dtype.kind not in "iuf"
        places = np.arange(len(groups)) if named else groups
        for (name, values), marker in zip(errors.items(), "osD^v<>P" * len(errors), strict=False):
            name_at_end(ax, ax.plot(places, values, marker=marker, markersize=4, label=name)[0])
        ax.set(xlabel=xlabel, ylabel=f"mean absolute error{f' ({unit})' if unit else ''}")
        ax.set_ylim(bottom=0)
        if named:
            ax.set_xticks(places, groups)
        spread_names(ax)
    return ax


def _check(places, lines):
    for name, values in lines.items():
        if np.shape(values) != np.shape(places) or np.ndim(values) != 1:
            raise ValueError(
                f"expected {name!r} of the shape {np.shape(places)}, got {np.shape(values)}; of "
                "(n, 1) pass .ravel()"
            )
