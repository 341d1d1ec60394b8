"""The look of every figure: one style file, and the few rules that a style file can't hold."""

from contextlib import ExitStack
from pathlib import Path

STYLE = Path(__file__).with_name("labkit.mplstyle")


def use_style() -> ExitStack:
    """Apply the course's figure style; as a context, restore the settings on leaving.

    The plotters of this package apply it themselves. Call it for a figure of your own.

    Returns
    -------
    contextlib.ExitStack
        Leaving it (``with use_style(): ...``) restores the settings it changed.

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["font.size"]
    >>> with use_style():
    ...     matplotlib.rcParams["axes.spines.top"]
    False
    >>> matplotlib.rcParams["font.size"] == before
    True
    """
    import matplotlib as mpl

    wanted = mpl.rc_params_from_file(STYLE, use_default_template=False)
    stack = ExitStack()
    stack.callback(mpl.rcParams.update, {name: mpl.rcParams[name] for name in wanted})
    mpl.rcParams.update(wanted)
    return stack


def new_axes(ax=None, *, figsize=None):
    """Return ``ax``, or the Axes of a new figure of ``figsize`` inches in the style in force."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=figsize)[1] if ax is None else ax


def palette() -> list:
    """Return the style's line colours as "#rrggbb", in the order in which they are used."""
    import matplotlib as mpl

    style = mpl.rc_params_from_file(STYLE, use_default_template=False)
    return style["axes.prop_cycle"].by_key()["color"]
