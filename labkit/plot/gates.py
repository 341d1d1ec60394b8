"""What the gates of a recurrent layer did, step by step."""

import numpy as np

from labkit.plot.style import new_axes, use_style


def gate_map(gates, *, ax=None):
    """Draw gates over the steps of one sequence: a row a unit, dark for shut, bright for open.

    Parameters
    ----------
    gates : dict of str to ndarray of shape (t,) or (t, h)
        Name of a gate to its values, each from 0 to 1, all with the same t, such as
        ``{"z": layer.gates["z"][:, 0]}`` for the first example.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there are no gates, their steps differ, or a value is not in [0, 1].

    Examples
    --------
    >>> ax = gate_map({"r": np.ones(3), "z": np.full((3, 2), 0.5)})
    >>> ax.images[0].get_array().shape, [text.get_text() for text in ax.get_yticklabels()]
    ((3, 3), ['r', 'z 1', 'z 2'])
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    rows = {}
    for name, values in gates.items():
        values = np.asarray(values, dtype=np.float64)
        units = values.reshape(len(values), -1).T  # (h, t)
        numbers = [f" {unit}" for unit in range(1, len(units) + 1)] if len(units) > 1 else [""]
        rows |= {name + number: unit for number, unit in zip(numbers, units, strict=True)}
    if not rows or len({len(row) for row in rows.values()}) > 1:
        raise ValueError(
            f"expected gates with the same number of steps, got {list(map(len, rows.values()))}"
        )
    table = np.array(list(rows.values()))  # (units of all gates, t)
    if not ((table >= 0) & (table <= 1)).all():
        raise ValueError(
            f"expected gates from 0 to 1, got {table.min():.3g} to {table.max():.3g}; leave out "
            "the candidate, which is no gate"
        )
    with use_style():
        ax = new_axes(ax, figsize=(6.4, 1.2 + 0.3 * len(rows)))
        image = ax.imshow(table, vmin=0, vmax=1, aspect="auto", cmap="cividis")
        ax.set_yticks(range(len(rows)), list(rows))
        ax.set(xlabel="step")
        ax.grid(False)
        ax.figure.colorbar(image, ax=ax, label="gate", ticks=[0, 0.5, 1])
    return ax
