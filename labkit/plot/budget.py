"""Where a network spends what it has: stacked bars, one segment a layer."""

import numpy as np

from labkit.plot.style import new_axes, use_style


def stacked_bars(table, *, unit=None, smallest=0.06, ax=None):
    """Draw one stacked bar for each column of a table, with a segment for each of its rows.

    Without a unit each bar is drawn as shares of its sum, so that quantities of different units
    can be compared; with one, all bars keep that unit. Segments stand in the table's order, from
    dark to light, and those that are wide enough bear their row's name.

    Parameters
    ----------
    table : pandas.DataFrame
        Finite numbers ≥ 0; rows are the segments (layers, in order), columns the bars.
    unit : str, optional
        Unit of all columns, for the axis label; None: shares in per cent.
    smallest : float in [0, 1]
        Segments that fill less than this part of the widest bar stay without a name.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the table is empty, a number is missing, negative or not finite, or there is no share
        of a sum of 0.

    Examples
    --------
    >>> import pandas as pd
    >>> spent = pd.DataFrame({"weights": [1, 3], "work": [90, 10]}, index=["conv", "dense"])
    >>> ax = stacked_bars(spent)
    >>> [round(float(bar.get_width())) for bar in ax.patches]
    [25, 90, 75, 10]
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    import matplotlib as mpl

    values = table.to_numpy(dtype=float, na_value=np.nan)  # (segments, bars)
    if not values.size or not (np.isfinite(values) & (values >= 0)).all():
        found = f"a table of {values.shape} with the smallest {np.min(values, initial=0)}"
        raise ValueError(f"expected numbers ≥ 0, got {found}; leave out rows that aren't known")
    sums = values.sum(axis=0)
    if unit is None and not sums.all():
        raise ValueError(f"expected sums > 0, got 0 in {list(table.columns[sums == 0])}")
    values = values if unit else 100 * values / sums
    ends, places = values.cumsum(axis=0), np.arange(values.shape[1])
    colours = mpl.colormaps["cividis"](np.linspace(0, 1, len(values)))
    with use_style():
        ax = new_axes(ax, figsize=(6.8, 0.9 + 0.55 * len(places)))
        for name, widths, right, colour in zip(table.index, values, ends, colours, strict=True):
            ax.barh(places, widths, 0.72, right - widths, color=colour, edgecolor="white")
            ink = "white" if np.dot(colour[:3], (0.30, 0.59, 0.11)) < 0.5 else "black"
            for place, width, end in zip(places, widths, right, strict=True):
                if width > smallest * ends[-1].max():
                    ax.text(end - width / 2, place, name, ha="center", va="center", color=ink)
        ax.set_yticks(places, table.columns)
        ax.invert_yaxis()
        ax.set(xlabel=unit or "share (%)", xlim=(0, ends[-1].max() * (1 if unit is None else 1.02)))
    return ax
