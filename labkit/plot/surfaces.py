"""Functions drawn: a loss over two parameters, ways down it, and an activation's two curves."""

import numpy as np

from labkit.plot.style import new_axes, use_style


def loss_surface(f, *, x_range, y_range, path=None, names=("w1", "w2"), steps=60, ax=None):
    """Draw the height lines of a loss of two parameters, and the way a training run took.

    Parameters
    ----------
    f : callable
        Maps two numbers, such as two weights, to the loss.
    x_range, y_range : (float, float)
        Lowest and highest value of the first and the second parameter.
    path : ndarray of shape (t, 2), optional
        The two parameters after 0, 1, …, t − 1 steps; drawn as a line from a ring to a dot.
    names : (str, str)
        Axis labels, with units.
    steps : int ≥ 2
        Values of each parameter at which f is called: steps² calls.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a range or the path is not as above, or a loss is NaN or infinite.

    Examples
    --------
    >>> ax = loss_surface(lambda m, c: m**2 + 4 * c**2, x_range=(-2, 2), y_range=(-1, 1),
    ...                   path=[[1.5, 0.8], [0.9, 0.2], [0.5, 0.1]], names=("m", "c"), steps=20)
    >>> ax.get_xlabel(), ax.get_ylabel(), ax.get_lines()[0].get_xydata()[-1]
    ('m', 'c', array([0.5, 0.1]))
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    path = np.empty((0, 2)) if path is None else _checked(path)
    u, v, loss = _heights(f, x_range, y_range, steps)
    with use_style():
        ax = new_axes(ax)
        filled = ax.contourf(u, v, loss, levels=20)
        ax.contour(u, v, loss, levels=filled.levels, colors="white", linewidths=0.4)
        ax.figure.colorbar(filled, ax=ax, label="loss")
        if len(path):
            # Black on white shows on every colour of the surface.
            ax.plot(*path.T, color="white", linewidth=4)
            ax.plot(*path.T, color="black", marker=".", markersize=5, linewidth=1.2)
            for place, face, name in ((0, "white", "start"), (-1, "black", "end")):
                style = {"color": face, "edgecolor": "black", "s": 50, "zorder": 3}
                ax.scatter(*path[place], label=name, **style)
            ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
        ax.grid(False)
        ax.set(xlabel=names[0], ylabel=names[1], xlim=x_range, ylim=y_range)
    return ax


def paths(f, paths, *, x_range, y_range, names=("w1", "w2"), steps=60, ax=None):
    """Draw the ways that several optimisers took over one loss of two parameters.

    Parameters
    ----------
    f : callable
        Maps two numbers to the loss.
    paths : dict of str to ndarray of shape (t, 2), t ≥ 1
        The two parameters after 0, 1, …, t − 1 steps, by the optimiser's name; a dot a step. A way
        that leaves the ranges is cut off there.
    x_range, y_range : (float, float)
        Lowest and highest value of the first and the second parameter.
    names : (str, str)
        Axis labels, with units.
    steps : int ≥ 2
        Values of each parameter at which f is called: steps² calls.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With grey height lines between which lie equal areas, so that steep and flat parts both
        show. The losses of neighbouring lines are not equally far apart.

    Raises
    ------
    ValueError
        If a range or a path is not as above, or a loss is NaN or infinite.

    Examples
    --------
    >>> ways = {"slow": [[1.0, 0.5], [0.9, 0.3]], "fast": [[1.0, 0.5], [0.5, 0.1]]}
    >>> ax = paths(lambda a, b: a**2 + 9 * b**2, ways, x_range=(-1, 2), y_range=(-1, 1), steps=20)
    >>> [line.get_label() for line in ax.get_lines()]
    ['slow', 'fast']
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    paths = {name: _checked(path) for name, path in paths.items()}
    u, v, loss = _heights(f, x_range, y_range, steps)
    with use_style():
        ax = new_axes(ax)
        levels = np.unique(np.quantile(loss, np.linspace(0.02, 0.98, 13)))
        ax.contour(u, v, loss, levels=levels, colors="0.75", linewidths=0.8, linestyles="solid")
        for i, (name, path) in enumerate(paths.items()):
            dash, mark = ("-", "--", "-.", ":")[i % 4], "osD^v"[i % 5]
            ax.plot(*path.T, dash, marker=mark, markersize=3, linewidth=1.3, label=name)
        for path in list(paths.values())[:1]:
            ax.scatter(*path[0], color="white", edgecolor="black", s=50, zorder=3)
        ax.grid(False)
        ax.legend()
        ax.set(xlabel=names[0], ylabel=names[1], xlim=x_range, ylim=y_range)
    return ax


def _checked(path):
    path = np.asarray(path, dtype=float)
    if path.shape[1:] != (2,) or not np.isfinite(path).all():
        raise ValueError(
            f"expected a path of finite numbers of shape (t, 2), got {path.shape}; stack one row "
            "of two parameters a step"
        )
    return path


def _heights(f, x_range, y_range, steps):
    """Return the values of both parameters, and the loss at each pair, a row for each second."""
    for low, high in (x_range, y_range):
        if not -np.inf < low < high < np.inf:
            raise ValueError(f"expected a range from low to high, got {low} to {high}")
    u, v = (np.linspace(*ends, steps) for ends in (x_range, y_range))
    loss = np.array([[float(f(a, b)) for a in u] for b in v])
    if not np.isfinite(loss).all():
        row, column = np.argwhere(~np.isfinite(loss))[0]
        raise ValueError(
            f"expected finite losses, got {loss[row, column]} at ({u[column]:.3g}, {v[row]:.3g}); "
            "choose narrower ranges"
        )
    return u, v, loss


def activation(activation, *, z_range=(-4, 4), ax=None):
    """Draw an activation, solid, and its derivative, dashed, over z.

    Parameters
    ----------
    activation : class
        Works entry by entry; has ``forward(z)`` and ``backward(z, da)``, as in
        :mod:`labkit.scratch.activations`.
    z_range : (float, float)
        Lowest and highest z.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        Its title is the activation's name; lines break at jumps.

    Raises
    ------
    ValueError
        If an output depends on more than its own z, as a softmax's does.

    Examples
    --------
    >>> from labkit.scratch.activations import ReLU
    >>> ax = activation(ReLU)
    >>> ax.get_title("left"), [line.get_label() for line in ax.get_lines()]
    ('ReLU', ['a = g(z)', "derivative g'(z)"])
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    z = np.linspace(*z_range, 800)
    a = np.array(activation.forward(z))
    if not np.allclose(a[:1], activation.forward(z[:1])):
        raise ValueError(
            f"expected an activation that works entry by entry, got {activation.__name__}; plot "
            "one of its outputs over one of its inputs yourself"
        )
    slope = np.array(activation.backward(z, np.ones_like(z)))
    with use_style():
        ax = new_axes(ax)
        for values, dash, name in ((a, "-", "a = g(z)"), (slope, "--", "derivative g'(z)")):
            # A jump is no steep line: no activation here is steeper than 1.
            values[:-1][np.abs(np.diff(values)) > 0.5 + z[1] - z[0]] = np.nan
            ax.plot(z, values, dash, label=name)
        ax.legend()
        ax.set(xlabel="z", ylabel="g(z), g'(z)", title=activation.__name__)
    return ax
