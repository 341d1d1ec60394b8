"""Pictures put together from other sets, with an exact label for every pixel."""

from dataclasses import replace

import numpy as np

from labkit.data.hashes import content_hash
from labkit.types import Dataset, Split

CLASS_NAMES = ("garment", "background", "border")
INK = 0.1  # a garment's pixels are brighter than its ground by at least this much
SMALLEST = 0.5  # side of a pasted garment, as a share of its own


def trimap(mask) -> np.ndarray:
    """Return a map of three classes: 0 inside an object, 1 outside, 2 within a pixel of its edge.

    Parameters
    ----------
    mask : ndarray of shape (h, w), bool
        The object's pixels.

    Returns
    -------
    ndarray of shape (h, w), int64
        The order of the classes is that of the Oxford pets. The border is two pixels wide, one on
        either side of the edge; the picture's own frame is no edge.

    Raises
    ------
    ValueError
        If the mask is not boolean, or has other than two axes.

    Examples
    --------
    >>> trimap(np.arange(6)[None] < 3).tolist()
    [[0, 0, 2, 2, 1, 1]]
    """
    from scipy import ndimage

    mask = np.asarray(mask)
    if mask.dtype != bool or mask.ndim != 2:
        raise ValueError(f"expected a boolean mask (h, w), got {mask.dtype} {mask.shape}")
    grown, core = ndimage.binary_dilation(mask), ndimage.binary_erosion(mask, border_value=1)
    return np.where(core, 0, np.where(grown, 2, 1)).astype(np.int64)


def garments_on_photos(garments, photos, *, train, val=0, test=0, seed=0) -> Dataset:
    """Paste garments on photos, in a random size, place and colour, and say what each pixel is.

    Every garment is used at most once, and no photo or garment of the test rows is in the others.

    Parameters
    ----------
    garments : Dataset
        Grey pictures, (n, h, w) float in [0, 1], bright on 0; such as Fashion-MNIST.
    photos : Dataset
        Colour pictures, (m, H, W, 3) float in [0, 1], with H ≥ h and W ≥ w; such as CIFAR-10.
    train, val, test : int
        How many pictures to make. Training and validation rows come from the sets' training rows,
        test rows from their test rows.
    seed : int ≥ 0
        Same seed, same pictures.

    Returns
    -------
    Dataset
        x (n, H, W, 3) float32 in [0, 1]; y (n, H, W) int64, 0 garment, 1 background, 2 border.
        redistributable if both sets are.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a set has too few rows.

    Examples
    --------
    >>> blank = Split(np.zeros((2, 4, 4, 3), np.float32), np.zeros(2))
    >>> square = Split(np.ones((2, 2, 2), np.float32), np.zeros(2))
    >>> made = garments_on_photos(Dataset(square), Dataset(blank), train=2)
    >>> made.train.x.shape, made.train.y.shape, sorted(set(made.train.y.ravel().tolist()))
    ((2, 4, 4, 3), (2, 4, 4), [1, 2])
    """
    parts = []
    for n, part, stream in ((train + val, "train", 0), (test, "test", 1)):
        things, grounds = getattr(garments, part), getattr(photos, part)
        have = min(len(things or ()), len(grounds or ()))
        if n > have:
            raise ValueError(
                f"expected at least {n} {part} rows in both sets, got {have}; ask for fewer, or "
                "load the real sets in the full profile"
            )
        rng = np.random.default_rng([seed, stream])
        parts.append(_pasted(things, grounds, n, rng) if n else None)
    first, last = parts
    cut = {"val": first.take(slice(train, None)) if val else None, "test": last}
    made = Dataset(
        first.take(slice(train)),
        **cut,
        id="garments_on_photos",
        title=f"{garments.title or garments.id} on {photos.title or photos.id}",
        licence=f"{garments.licence}; {photos.licence}",
        redistributable=garments.redistributable and photos.redistributable,
        source=f"{garments.id}, {photos.id}, seed {seed}",
        class_names=CLASS_NAMES,
    )
    return replace(made, hash=content_hash(*made))


def _pasted(garments, photos, n, rng):
    """Return n pictures with their maps."""
    from scipy import ndimage

    shape, frame = garments.x.shape[1:], photos.x.shape[1:3]
    if len(shape) != 2 or photos.x.shape[3:] != (3,) or max(shape) > min(frame):
        raise ValueError(
            f"expected garments (n, h, w) that fit into photos (n, H, W, 3), got "
            f"{garments.x.shape} and {photos.x.shape}"
        )
    x = photos.x[rng.permutation(len(photos))[:n]].copy()
    y = np.empty((n, *frame), np.int64)
    for i, row in enumerate(rng.permutation(len(garments))[:n]):
        turned = garments.x[row][:, :: rng.choice((1, -1))]
        ink = ndimage.zoom(turned, rng.uniform(SMALLEST, 1), order=1)
        top, left = (rng.integers(n - m + 1) for n, m in zip(frame, ink.shape, strict=True))
        place = np.s_[top : top + ink.shape[0], left : left + ink.shape[1]]
        mask = np.zeros(frame, bool)
        mask[place] = ndimage.binary_fill_holes(ink > INK)
        cloth = (0.4 + 0.6 * ink[..., None]) * rng.uniform(0.2, 1, 3)  # (h, w, 3), with its folds
        x[i][mask] = cloth[mask[place]]
        y[i] = trimap(mask)
    return Split(x, y)
