"""Features computed once: kept in the cache under a hash of all that they depend on."""

import os
import zipfile

import numpy as np

from labkit.data.cache import cache_dir, workplace
from labkit.data.hashes import content_hash


def features(backbone, x, *, part="features", batch_size=50) -> np.ndarray:
    """Return what a backbone makes of pictures, from the cache if it did so before.

    The file's name is a hash of the weights, the preprocessing, the pictures and torch's version,
    so a stale result can't be returned; a damaged file is computed again.

    Parameters
    ----------
    backbone : Backbone
        As :func:`labkit.vision.pretrained_torch.pretrained` returns it.
    x : ndarray of shape (n, h, w, 3), float32 in [0, 1]
        Pictures.
    part : {"features", "body", "logits"}
        What to keep: the features (n, k), the last block's input (n, channels, h′, w′), or
        ImageNet's logits (n, 1000).
    batch_size : int ≥ 1
        Pictures at a time; the result does not depend on it beyond rounding.

    Returns
    -------
    ndarray, float32

    Raises
    ------
    ValueError
        If the part is unknown, or as ``backbone.preprocess`` raises it.

    Examples
    --------
    >>> from labkit.vision import pretrained
    >>> net = pretrained("vgg16", weights=None)
    >>> features(net, np.zeros((1, 32, 32, 3), np.float32)).shape  # doctest: +SKIP
    (1, 512)
    """
    import torch

    functions = {"features": backbone.features, "logits": backbone.logits}
    functions["body"] = lambda x: backbone.body(backbone.preprocess(x))
    if part not in functions:
        raise ValueError(f"expected a part among {sorted(functions)}, got {part!r}")
    x = np.ascontiguousarray(x)
    name = f"{content_hash(backbone.fingerprint(), part, x, str(torch.__version__))}.npz"
    if (found := _read(cache_dir() / "features" / name)) is not None:
        return found
    made, device = [], next(backbone.body.parameters()).device
    with torch.inference_mode():
        for start in range(0, len(x), batch_size):
            batch = torch.from_numpy(x[start : start + batch_size]).permute(0, 3, 1, 2)
            made.append(functions[part](batch.to(device)).cpu().contiguous().numpy())
    made = np.concatenate(made)
    with workplace("features") as folder:
        np.savez(folder / name, made=made)
        os.replace(folder / name, cache_dir() / "features" / name)
    return made


def _read(path):
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return arrays["made"]
    except (FileNotFoundError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return None
