"""What a regression leaves unexplained."""

import numpy as np

from labkit.plot.style import new_axes, use_style


def residuals(y_true, y_pred, *, unit="", ax=None):
    """Draw the residuals, truth minus prediction, over the predictions.

    Above the line at 0 the prediction was too low. A good model leaves a cloud without a shape.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n,) or (n, 1), float
        True and predicted values.
    unit : str
        Unit of both, for the axis labels.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the shapes differ or a value is NaN or infinite.

    Examples
    --------
    >>> ax = residuals(np.array([1.0, 3.0]), np.array([1.5, 2.0]), unit="kg")
    >>> ax.collections[0].get_offsets().data
    array([[ 1.5, -0.5],
           [ 2. ,  1. ]])
    >>> ax.get_ylabel()
    'residual: truth − prediction (kg)'
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    y_true, y_pred = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if y_true.shape != y_pred.shape or not y_true.size or max(y_true.shape[1:], default=1) > 1:
        raise ValueError(
            f"expected y_true and y_pred of one shape, (n,) or (n, 1), got {y_true.shape} and "
            f"{y_pred.shape}; subtracting (n,) from (n, 1) would give (n, n) residuals"
        )
    if not np.isfinite(y_true - y_pred).all():
        raise ValueError("expected finite values, got NaN or infinite ones")
    unit = f" ({unit})" if unit else ""
    with use_style():
        ax = new_axes(ax)
        ax.axhline(0, color="black", linewidth=1)
        ax.scatter(y_pred, y_true - y_pred, s=14, alpha=min(1.0, max(0.3, 30 / len(y_pred))))
        ax.set(xlabel=f"prediction{unit}", ylabel=f"residual: truth − prediction{unit}")
    return ax
