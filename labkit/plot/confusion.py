"""A confusion matrix whose axes and cells can't be read the wrong way round."""

import numpy as np

from labkit.plot.style import new_axes, use_style

_MOST_WITH_TEXT = 12


def confusion_matrix(counts, class_names, *, ax=None):
    r"""Draw how many examples of each true class (rows) got each prediction (columns).

    Each cell holds the count and its share of the row; the colour shows the share. With more than
    12 classes the text gives way to a colour bar.

    Parameters
    ----------
    counts : ndarray of shape (k, k), int ≥ 0
        Rows are the truth, as :func:`labkit.metrics.confusion_matrix` returns them.
    class_names : sequence of k str
        All different.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure, as large as k asks for.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the counts are not a square of whole numbers ≥ 0, or the names do not fit them.

    Examples
    --------
    >>> ax = confusion_matrix([[8, 2], [0, 0]], ["cat", "dog"])
    >>> [text.get_text() for text in ax.texts]
    ['8\n80.0 %', '2\n20.0 %', '0', '0']
    >>> ax.get_ylabel(), ax.get_xlabel()
    ('truth', 'prediction')
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    counts, names = np.asarray(counts), [str(name) for name in class_names]
    k = len(counts) if counts.ndim else 0
    if counts.shape != (k, k) or not k or not np.issubdtype(counts.dtype, np.integer):
        raise ValueError(
            f"expected whole numbers of shape (k, k), got {counts.dtype} of shape {counts.shape}; "
            "pass the counts, not shares"
        )
    if counts.min() < 0:
        raise ValueError(f"expected counts of at least 0, got {counts.min()}")
    if len(names) != k or len(set(names)) != k or not all(map(str.strip, names)):
        raise ValueError(f"expected {k} different names that are not empty, got {names}")
    total = counts.sum(axis=1, keepdims=True)
    share = counts / np.maximum(total, 1)  # an empty row has no shares to show
    with use_style():
        side = min(max(4.0, 1.6 + 0.72 * k), 9.0)
        ax = new_axes(ax, figsize=(side + 0.5, side - 0.2))
        image = ax.imshow(share, vmin=0, vmax=1)
        ax.set_xticks(range(k), names, rotation=90 if max(map(len, names)) > 24 / k else 0)
        ax.set_yticks(range(k), names)
        ax.set(ylabel="truth", xlabel="prediction")
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.grid(False)
        if k > _MOST_WITH_TEXT:
            ax.figure.colorbar(image, ax=ax, shrink=0.8, label="share of the true class (row)")
            return ax
        ax.set_title("count, and share of the true class (row)", fontsize=9, color="#444444")
        for (row, column), count in np.ndenumerate(counts):
            percent = f"\n{100 * share[row, column]:.1f} %" if total[row] else ""
            colour = "black" if share[row, column] > 0.46 else "white"  # at least 4.5:1
            style = {"ha": "center", "va": "center", "fontsize": 9, "color": colour}
            ax.text(column, row, f"{count:,}{percent}", **style)
    return ax
