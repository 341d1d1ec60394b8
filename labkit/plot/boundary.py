"""The regions into which a classifier of two inputs cuts the plane."""

import numpy as np

from labkit.plot.style import new_axes, palette, use_style

_MARKERS = "o^sDX"
_STEPS = 240  # grid cells along each axis


def decision_boundary(
    predict, x, y, *, ax=None, margin=0.25, class_names=None, feature_names=("x1", "x2")
):
    """Shade what a classifier predicts, draw the line where it changes its mind, and the points.

    Parameters
    ----------
    predict : callable
        Maps an ndarray of shape (m, 2) to the probability of class 1, shape (m,), in [0, 1]
        (hard 0/1 predictions will do), or to scores of shape (m, k), the highest of which wins.
    x : ndarray of shape (n, 2)
        Points; the grid handed to ``predict`` has their dtype.
    y : ndarray of shape (n,), int in 0 … k − 1
        Classes; each has its own marker.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.
    margin : float ≥ 0
        Room around the points, as a share of their range.
    class_names : sequence of str, optional
        k names; by default "class 0", "class 1", …
    feature_names : (str, str)
        Axis labels, with units.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a shape, a label or a probability is not as above, or there are more than 5 classes.

    Examples
    --------
    >>> x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    >>> ax = decision_boundary(lambda x: 1 / (1 + np.exp(3 - 2 * x.sum(1))), x, x.prod(1) > 0)
    >>> [text.get_text() for text in ax.texts]
    ['predicts class 0', 'predicts class 1']
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    x, y = _check_points(x, y)
    low, high = x.min(axis=0), x.max(axis=0)
    room = margin * np.where(high > low, high - low, 1)
    axes = [np.linspace(a - r, b + r, _STEPS) for a, b, r in zip(low, high, room, strict=True)]
    u, v = np.meshgrid(*axes)  # (steps, steps) each
    grid = np.stack([u.ravel(), v.ravel()], axis=1)  # (steps², 2), of the dtype of x
    proba = np.asarray(predict(grid), dtype=float)
    scores = _scores(proba, len(grid))  # (m, k)
    k = scores.shape[1]
    names = [f"class {c}" for c in range(k)] if class_names is None else list(class_names)
    if len(names) != k or y.max() >= k or k > len(_MARKERS):
        raise ValueError(
            f"expected labels below k and one name for each of k classes, k at most "
            f"{len(_MARKERS)}; got k = {k} from predict, labels up to {y.max()}, {len(names)} names"
        )
    region = scores.argmax(axis=1).reshape(u.shape)
    from matplotlib.colors import ListedColormap
    from matplotlib.lines import Line2D

    with use_style():
        ax = new_axes(ax)
        colours = palette()[:k]
        shade = {"cmap": ListedColormap(colours), "vmin": 0, "vmax": k - 1, "alpha": 0.28}
        extent = (*axes[0][[0, -1]], *axes[1][[0, -1]])
        ax.imshow(region, extent=extent, origin="lower", interpolation="nearest", **shade)
        ax.set_aspect("auto")
        line = Line2D([], [], color="black", label="p = 0.5" if proba.ndim == 1 else "boundary")
        lines = []
        for c in range(1, k) if k == 2 else range(k):
            lead = (scores[:, c] - np.delete(scores, c, axis=1).max(axis=1)).reshape(u.shape)
            if lead.min() < 0 < lead.max():  # matplotlib warns about a contour that isn't there
                ax.contour(u, v, lead, levels=[0], colors="black", linewidths=1.5)
                lines = [line]
        _name_regions(ax, region, axes, x, names)
        for c, (name, colour) in enumerate(zip(names, colours, strict=True)):
            style = {"marker": _MARKERS[c], "s": 55, "color": colour, "edgecolor": "black"}
            ax.scatter(*x[y == c].T, label=f"{name} (truth)", zorder=3, clip_on=False, **style)
        above = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": min(k + 1, 3)}
        ax.legend(handles=[*ax.collections[-k:], *lines], columnspacing=1.2, **above)
        ax.grid(False)
        ax.set(xlabel=feature_names[0], ylabel=feature_names[1])
    return ax


def _check_points(x, y):
    x, y = np.asarray(x), np.asarray(y)
    x = x if np.issubdtype(x.dtype, np.floating) else x.astype(float)
    if x.shape[1:] != (2,) or y.shape != x.shape[:1] or not len(x):
        raise ValueError(
            f"expected x of shape (n, 2) and y of shape (n,), got {x.shape} and {y.shape}; "
            "choose two columns, and class numbers rather than one-hot rows"
        )
    if not np.isfinite(x).all() or not np.isin(y, np.arange(len(_MARKERS))).all():
        raise ValueError(
            f"expected finite x and whole classes from 0 to {len(_MARKERS) - 1}, got x from "
            f"{x.min()} to {x.max()} and classes {np.unique(y)[:8]}"
        )
    return x, y.astype(int)


def _scores(proba, m):
    if proba.ndim == 1 and len(proba) == m:
        if not (proba.min() >= 0 and proba.max() <= 1):
            raise ValueError(
                f"expected probabilities in [0, 1], got {proba.min():.3g} to {proba.max():.3g}; "
                "put the logits through a sigmoid, or return one score a class"
            )
        return np.stack([1 - proba, proba], axis=1)
    if proba.ndim == 2 and len(proba) == m and proba.shape[1] > 1 and np.isfinite(proba).all():
        return proba
    raise ValueError(
        f"expected predict to return finite numbers of shape ({m},) or ({m}, k) with k > 1, "
        f"got shape {proba.shape}; drop a last axis of length 1 with [:, 0]"
    )


def _name_regions(ax, region, axes, x, names):
    """Write each class's name where its region is widest, away from the points."""
    from scipy.ndimage import distance_transform_edt

    step = [axis[1] - axis[0] for axis in axes]
    columns, rows = (np.rint((x[:, i] - axes[i][0]) / step[i]).astype(int) for i in (0, 1))
    for c, name in enumerate(names):
        free = region == c
        if not free.any():
            continue
        free[rows, columns] = False
        # A frame of taken cells keeps the text inside the picture.
        depth = distance_transform_edt(np.pad(free, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(depth.argmax(), depth.shape)
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}
        style = {"va": "center", "fontsize": 9, "zorder": 4, "bbox": box, "clip_on": True}
        # Near a side the text grows inwards, so that it doesn't cover the numbers of the axis.
        share = column / (free.shape[1] - 1)
        style["ha"] = "left" if share < 0.25 else "right" if share > 0.75 else "center"
        ax.text(axes[0][column], axes[1][row], f"predicts {name}", **style)
