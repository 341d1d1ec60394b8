"""Pictures with a colour for each pixel's class laid over them."""

import numpy as np

from labkit.plot.images import _check_images, image_grid
from labkit.plot.style import palette

STRENGTH = 0.65  # of the colour over the picture


def mask_grid(images, masks, titles=None, *, class_names, dataset=None, columns=None, ax=None):
    """Draw pictures side by side, each pixel tinted by its class, with a legend of the classes.

    Parameters
    ----------
    images : ndarray of shape (n, h, w) or (n, h, w, 3)
        As in ``image_grid``.
    masks : ndarray of shape (n, h, w), int in 0 … k − 1
        Class of each pixel.
    titles, dataset, columns, ax
        As in ``image_grid``. A mask shows its picture's outlines: what may not be
        redistributed as a picture is refused with its mask, too.
    class_names : sequence of k str
        A class called "background" isn't tinted.

    Returns
    -------
    matplotlib.axes.Axes
        One Axes that holds all the pictures.

    Raises
    ------
    ValueError
        If masks and pictures differ in shape, or a mask has a class without a name; or as in
        ``image_grid``.

    Examples
    --------
    >>> ax = mask_grid(np.zeros((1, 2, 2)), np.array([[[0, 1], [1, 1]]]),
    ...                class_names=["thing", "background"], dataset="drawn here")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['thing']
    >>> import matplotlib.pyplot; matplotlib.pyplot.close(ax.figure)
    """
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Patch

    (images, top), masks = _check_images(images), np.asarray(masks)
    if masks.shape != images.shape[:3] or masks.dtype.kind not in "iu":
        raise ValueError(
            f"expected a class number for each pixel, shape {images.shape[:3]}, got "
            f"{masks.dtype} {masks.shape}; scores become classes by argmax over the class axis"
        )
    if masks.size and not 0 <= masks.min() <= masks.max() < len(class_names):
        raise ValueError(
            f"expected classes 0 … {len(class_names) - 1}, got {masks.min()} … {masks.max()}"
        )
    images = images / top
    if images.ndim == 3:
        images = np.repeat(images[..., None], 3, axis=-1)  # (n, h, w, 3)
    drawn = [k for k, name in enumerate(class_names) if name != "background"]
    colours, strength = np.zeros((len(class_names), 3)), np.zeros(len(class_names))
    colours[drawn] = [to_rgb(colour) for colour in palette()[: len(drawn)]]
    strength[drawn] = STRENGTH
    tint = strength[masks][..., None]  # (n, h, w, 1)
    mixed = (1 - tint) * images + tint * colours[masks]
    ax = image_grid(mixed, titles, dataset=dataset, columns=columns, ax=ax)
    handles = [Patch(color=colours[k], label=class_names[k]) for k in drawn]
    place = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": len(drawn)}
    ax.legend(handles=handles, frameon=False, fontsize=9, borderpad=0, **place)
    return ax
