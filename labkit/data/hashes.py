"""Two fingerprints: of a file's bytes, and of the arrays that were read from it."""

import hashlib

import numpy as np


def file_sha256(path) -> str:
    """Return the sha256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_hash(*parts) -> str:
    """Return the sha256 of arrays: their types, shapes and values, however they were stored.

    Parameters
    ----------
    *parts : ndarray, str, bytes, sequence of these, Splits, or None
        Byte order and memory layout make no difference; a sequence differs from its elements,
        and an absent part (None) from an empty one.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    TypeError
        If a part is of no such type.

    Examples
    --------
    >>> x = np.arange(6.0).reshape(2, 3)
    >>> content_hash(x) == content_hash(np.asfortranarray(x).astype(">f8"))
    True
    >>> content_hash(x) == content_hash(x.reshape(3, 2))
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def _feed(digest, part):
    if isinstance(part, np.ndarray) and part.dtype.kind in "biufcSUmM":
        part = part.astype(part.dtype.newbyteorder("<"), order="C", copy=False)
        digest.update(f"array {part.dtype.str} {part.shape};".encode())
        digest.update(part.reshape(-1).view(np.uint8))
    elif isinstance(part, str | bytes):
        raw = part.encode() if isinstance(part, str) else part
        digest.update(f"{type(part).__name__} {len(raw)};".encode() + raw)
    elif part is None:
        digest.update(b"none;")
    elif hasattr(part, "__iter__"):
        items = list(part)
        digest.update(f"sequence {len(items)};".encode())
        for item in items:
            _feed(digest, item)
    elif isinstance(part, int | float | np.generic):
        _feed(digest, np.asarray(part))
    else:
        raise TypeError(f"expected arrays, text or sequences of them, got {type(part).__name__}")
