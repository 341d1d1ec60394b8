"""The samples that ship with labkit, so that the quick profile needs no network.

Each is a real sample of its set, or all of it, in one .npz without pickles; LICENSES.md beside
them says what each is and under which terms. scripts/build_starter.py makes them.

Arrays in a file: train_x, train_y, test_x, test_y (pixels as bytes, those of colour photos as
differences from the neighbours above and left, which pack better; for word ids train_ids and
train_offsets in place of train_x), class_names, feature_names, unit, subset_of (rows of the whole
set's training and test parts, if this is a part of them) and ``extra_``…; a novel is its bytes,
text.
"""

from pathlib import Path

import numpy as np

from labkit.data.images import pictures
from labkit.data.text import Sequences, characters
from labkit.types import Dataset, Split

FOLDER = Path(__file__).parent
STARTER_IDS = tuple(sorted(path.stem for path in FOLDER.glob("*.npz")))


def load_starter(id: str) -> Dataset:
    """Return a bundled sample, in the shapes and types of the real set's loader.

    Parameters
    ----------
    id : str
        One of `STARTER_IDS`.

    Returns
    -------
    Dataset
        With source "starter". If it is a part of the set, extra["subset_of"] is a dict of the
        whole set's rows, such as {"train": 60000, "test": 10000}.

    Raises
    ------
    ValueError
        If no sample of that id ships with labkit.

    Examples
    --------
    >>> seeds = load_starter("seeds")
    >>> seeds.train.x.shape, seeds.source
    ((210, 7), 'starter')
    """
    if id not in STARTER_IDS:
        raise ValueError(f"expected a bundled sample, one of {', '.join(STARTER_IDS)}; got {id!r}")
    with np.load(FOLDER / f"{id}.npz", allow_pickle=False) as file:
        arrays = dict(file)
    if "text" in arrays:
        book = characters(arrays["text"].tobytes().decode())
        return Dataset(book.train, id=id, source="starter", extra=book.extra)
    extra = {name[6:]: value for name, value in arrays.items() if name.startswith("extra_")}
    if "subset_of" in arrays:
        rows = zip(("train", "test"), arrays["subset_of"].tolist(), strict=False)
        extra["subset_of"] = dict(rows)
    known = [name for name in ("class_names", "feature_names") if name in arrays]
    about = {name: tuple(arrays[name].tolist()) for name in known}
    about |= {"id": id, "source": "starter", "unit": str(arrays.get("unit", "")), "extra": extra}
    return Dataset(_part(arrays, "train"), test=_part(arrays, "test"), **about)


def _part(arrays, name):
    y = arrays.get(f"{name}_y")
    if y is None:
        return None
    y = y if y.dtype == np.float32 else y.astype(np.int64)
    if f"{name}_ids" in arrays:
        ids, offsets = (arrays[f"{name}_{kind}"].astype(np.int64) for kind in ("ids", "offsets"))
        return Split(Sequences(ids, offsets), y)
    x = arrays[f"{name}_x"]
    if x.ndim == 4:  # undo the differences, modulo 256
        x = np.cumsum(np.cumsum(x, axis=1, dtype=np.uint8), axis=2, dtype=np.uint8)
    return Split(x, y) if x.dtype != np.uint8 else pictures(x, y, n_classes=len(set(y.tolist())))
