"""The look of every figure: one style file, and the few rules that a style file can't hold."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

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

    cycle = mpl.rc_params_from_file(STYLE, use_default_template=False)["axes.prop_cycle"]
    return [mpl.colors.to_hex(colour) for colour in cycle.by_key()["color"]]


def luminance(colour) -> float:
    """Return the relative luminance of a colour, 0 (black) to 1 (white).

    References
    ----------
    Web Content Accessibility Guidelines 2.1, "relative luminance".

    Examples
    --------
    >>> luminance("white"), luminance("black")
    (1.0, 0.0)
    """
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(np.round(linear @ [0.2126, 0.7152, 0.0722], 12))


def text_colour(background) -> str:
    """Return "black" or "white", whichever reads better on ``background``.

    Examples
    --------
    >>> text_colour("navy"), text_colour("yellow")
    ('white', 'black')
    """
    # Contrast is (lighter + 0.05) / (darker + 0.05); both colours give the same at 0.179.
    return "black" if luminance(background) > 0.179 else "white"
