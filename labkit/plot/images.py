"""Sheets of pictures and of maps, drawn only where their rows may be shown."""

import os

import numpy as np

from labkit.plot.style import new_axes, use_style


def image_grid(images, titles=None, *, dataset=None, columns=None, ax=None):
    """Draw pictures side by side, with a title each and a line that says where they come from.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), (n, h, w, 1) or (n, h, w, 3)
        uint8 in 0 … 255, or float in [0, 1]. All are drawn on that one scale.
    titles : sequence of n str, optional
        A title above each picture.
    dataset : Dataset or str, optional
        Where the pictures come from: the set they were loaded with, or a few words of your own,
        such as "first-layer weights". Needed while results are being recorded.
    columns : int, optional
        Pictures in a row; by default at most 8.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        One Axes that holds all the pictures.

    Raises
    ------
    ValueError
        If a shape or a value is not as above; or, while LABKIT_RECORD is set, if the data set's
        pictures may not be redistributed or no ``dataset`` says where they come from.

    Examples
    --------
    >>> ax = image_grid(np.zeros((3, 8, 8)), ["a", "b", "c"], dataset="drawn here")
    >>> len(ax.images), [text.get_text() for text in ax.texts]
    (3, ['a', 'b', 'c'])
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    images, top = _check_images(images)
    return _draw(images, titles, dataset, columns, ax, {"cmap": "gray", "vmin": 0, "vmax": top})


def feature_maps(maps, titles=None, *, dataset=None, columns=None, ax=None):
    """Draw maps of numbers side by side: a layer's outputs for a picture, or its kernels.

    All are drawn on one scale, on which 0 is white, positive numbers are red and negative ones
    blue, so that sizes and signs can be compared from map to map.

    Parameters
    ----------
    maps : ndarray of shape (n, h, w), float
    titles, dataset, columns, ax
        As in :func:`image_grid`. The maps of a picture show it: what may not be redistributed as
        a picture is refused as a map, too.

    Returns
    -------
    matplotlib.axes.Axes
        One Axes that holds all the maps.

    Raises
    ------
    ValueError
        If the shape is another or a number isn't finite; or as in :func:`image_grid`.

    Examples
    --------
    >>> ax = feature_maps(np.array([[[-2.0, 1.0]]]), dataset="drawn here")
    >>> ax.images[0].get_clim()
    (-2.0, 2.0)
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    maps = np.asarray(maps, dtype=float)
    if maps.ndim != 3 or not maps.size:
        raise ValueError(
            f"expected maps of shape (n, h, w), got {maps.shape}; one picture's maps are y[0] in "
            "PyTorch, and np.moveaxis(y[0], -1, 0) in Keras, where channels come last"
        )
    if not np.isfinite(maps).all():
        raise ValueError("expected finite numbers, got NaN or an infinity among the maps")
    top = float(np.abs(maps).max()) or 1.0
    return _draw(maps, titles, dataset, columns, ax, {"cmap": "RdBu_r", "vmin": -top, "vmax": top})


def _draw(images, titles, dataset, columns, ax, look):
    n, h, w = images.shape[:3]
    titles = [""] * n if titles is None else [str(title) for title in titles]
    if len(titles) != n:
        raise ValueError(f"expected {n} titles, one for each picture, got {len(titles)}")
    _check_licence(dataset)
    columns = min(n, max(1, columns or 8))
    rows = -(-n // columns)
    lines = max(title.count("\n") + 1 for title in titles) if any(titles) else 0
    cell = max(0.9, min(1.6, 6 / columns))  # inches
    tall = cell * h / w + 0.08 + 0.17 * lines  # a picture, a gap and its title
    with use_style():
        ax = new_axes(ax, figsize=(columns * (cell + 0.08), rows * tall + 0.3))
        for i, (image, title) in enumerate(zip(images, titles, strict=True)):
            left, bottom = i % columns * (cell + 0.08), -(i // columns) * tall
            extent = (left, left + cell, bottom, bottom + cell * h / w)
            ax.imshow(image, extent=extent, **look)
            if title:
                middle, edge = left + cell / 2, bottom + cell * h / w + 0.03
                ax.text(middle, edge, title, ha="center", va="bottom", fontsize=9)
        ax.set(xlim=(0, columns * (cell + 0.08) - 0.08), ylim=(-(rows - 1) * tall, tall - 0.08))
        if dataset is not None:
            known = not isinstance(dataset, str)
            source = f"{dataset.title} · {dataset.licence}" if known else dataset
            ax.set_xlabel(source, loc="left", fontsize=9, color="#444444")
        ax.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
        ax.spines[:].set_visible(False)
        ax.grid(False)
    return ax


def _check_images(images):
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if not images.size or not (images.ndim == 3 or (images.ndim == 4 and images.shape[-1] == 3)):
        raise ValueError(
            f"expected pictures of shape (n, h, w) or (n, h, w, 3), got {images.shape}; "
            "channels come last (np.moveaxis(images, 1, -1)), and one picture is images[None]"
        )
    if images.dtype == np.uint8:
        return images, 255
    images = images.astype(float)
    if not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"expected uint8, or floats in [0, 1], got {images.min():.3g} to {images.max():.3g}; "
            "undo the standardisation, or divide by 255"
        )
    return images, 1


def _check_licence(dataset):
    if not os.environ.get("LABKIT_RECORD") or isinstance(dataset, str):
        return
    if dataset is None:
        raise ValueError(
            "expected dataset= while results are being recorded (LABKIT_RECORD is set), got None; "
            "pass the Dataset the pictures come from, or a few words if the lab made them"
        )
    if not dataset.redistributable:
        raise ValueError(
            f"expected a redistributable data set while results are being recorded, got "
            f"{dataset.id!r} ({dataset.licence}); its pictures must not land in a committed "
            "output: draw them only `if dataset.redistributable`, or in a notebook of your own"
        )
