"""Augmentation: random views of a batch of pictures that keep their labels."""

import math

import numpy as np


def augment(x, *, rng: np.random.Generator, flip=True, rotation=0.1, zoom=0.2):
    """Return a random view of each picture: mirrored or not, turned, and zoomed.

    All three are one affine map, so each picture is interpolated once. Pixels from beyond the
    border are those mirrored at it, as in Keras's layers of the same strengths.

    Parameters
    ----------
    x : torch.Tensor of shape (n, channels, h, w), float
        Pictures on any scale.
    rng : numpy.random.Generator
        Draws a view for each picture; the same state gives the same views.
    flip : bool
        Mirror left and right with probability ½.
    rotation : float ≥ 0
        The angle is uniform between ∓rotation of a full turn.
    zoom : float in [0, 1)
        The view covers 1 − zoom … 1 + zoom of the picture's height and width.

    Returns
    -------
    torch.Tensor like x

    Raises
    ------
    ValueError
        If the shape has not four axes, or a strength is out of range.

    References
    ----------
    Book, equation eq-transfer-affine.

    Examples
    --------
    >>> import torch
    >>> x = torch.arange(12.0).reshape(1, 1, 3, 4)
    >>> view = augment(x, rng=np.random.default_rng(0), flip=False, rotation=0, zoom=0)
    >>> bool(torch.allclose(view, x, atol=1e-5))
    True
    """
    import torch
    from torch.nn import functional

    if x.ndim != 4 or not x.is_floating_point():
        raise ValueError(
            f"expected floats of shape (n, channels, h, w), got {x.dtype} of {tuple(x.shape)}; "
            "channels come first: x.permute(0, 3, 1, 2)"
        )
    if not (rotation >= 0 and 0 <= zoom < 1):
        raise ValueError(f"expected rotation >= 0 and 0 <= zoom < 1, got {rotation} and {zoom}")
    n, _, h, w = x.shape
    # All three are drawn at any strength, so that one strength does not move another's draws.
    mirror = np.where((rng.random(n) < 0.5) & flip, -1.0, 1.0)
    angle = 2 * math.pi * rotation * rng.uniform(-1, 1, n)
    scale = 1 + zoom * rng.uniform(-1, 1, n)
    # Where each pixel of the view comes from; both axes run from −1 to 1, hence the h / w.
    theta = np.zeros((n, 2, 3))
    theta[:, 0, 0] = scale * mirror * np.cos(angle)
    theta[:, 0, 1] = -scale * np.sin(angle) * h / w
    theta[:, 1, 0] = scale * mirror * np.sin(angle) * w / h
    theta[:, 1, 1] = scale * np.cos(angle)
    theta = torch.tensor(theta, dtype=x.dtype, device=x.device)
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)  # (n, h, w, 2)
    view = functional.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    layouts = torch.channels_last, torch.contiguous_format
    return view.contiguous(memory_format=layouts[x.is_contiguous()])
