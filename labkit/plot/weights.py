"""How large the weights of each layer are."""

import numpy as np

from labkit.plot.style import new_axes, use_style


def weight_histogram(layers, *, ax=None, bins=60, limit=None):
    """Draw the distribution of each layer's weights as an outline, on a log scale of counts.

    A penalty shows here: L2 makes the outline narrower, L1 leaves a spike at zero.

    Parameters
    ----------
    layers : dict of str to ndarray or tensor
        Name to weights, of any shape; at least one finite weight each.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    bins : int
        How many bins there are, the same for all layers.
    limit : float, optional
        Weights from −limit to limit are drawn and what lies outside joins the last bin on its
        side; None: the largest absolute weight.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no layers, or one is empty or holds a value that is NaN or infinite.

    Examples
    --------
    >>> ax = weight_histogram({"first": np.array([[-0.5, 0.0], [0.0, 1.0]])}, bins=4)
    >>> ax.get_xlabel(), [round(float(end), 1) for end in ax.get_xlim()]
    ('weight', [-1.0, 1.0])
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    flat = {name: _flat(name, weights) for name, weights in layers.items()}
    if not flat:
        raise ValueError("expected at least one layer, got none; pass {'layer 1': weights}")
    limit = limit or max(np.abs(weights).max() for weights in flat.values()) or 1.0
    edges = np.linspace(-limit, limit, bins + 1)
    with use_style():
        ax = new_axes(ax)
        for number, (name, weights) in enumerate(flat.items()):
            counts, _ = np.histogram(weights.clip(-limit, limit), edges)
            # A dash of its own for each, so that colour isn't the only carrier.
            style = {"linestyle": ("-", "--", "-.", ":")[number % 4], "linewidth": 1.4}
            ax.stairs(counts, edges, label=f"{name} ({len(weights):,} weights)", **style)
        ax.set(xlabel="weight", ylabel="weights in a bin (log scale)", yscale="log")
        ax.set(xlim=(-limit, limit), ylim=(0.7, None))
        ax.legend()
    return ax


def _flat(name, weights):
    weights = weights.detach().cpu() if hasattr(weights, "detach") else weights
    weights = np.asarray(weights, dtype=np.float64).ravel()
    if not len(weights) or not np.isfinite(weights).all():
        raise ValueError(f"expected finite weights in {name!r}, at least one; got {weights[:3]}…")
    return weights
