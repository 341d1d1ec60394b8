"""Data sets by name: bundled samples in the quick profile, the real ones in full and gpu."""

import json
import os
from dataclasses import replace

from labkit.data.hashes import content_hash
from labkit.profile import current, say

__all__ = ["content_hash", "load"]


def load(id: str, *, source: str | None = None, **options):
    """Load a data set, say in one line what it is, and record that it was used.

    Parameters
    ----------
    id : str
        As in `labkit data list`.
    source : {None, "starter"}
        None: the bundled sample in the quick profile, the real set in the others. "starter": the
        sample in any profile.
    **options
        For the loader of the real set, such as size=180; a bundled sample is as it is.

    Returns
    -------
    labkit.types.Dataset
        With its source, licence and hash.

    Raises
    ------
    KeyError
        If there is no such data set.
    FileNotFoundError
        If the profile is quick and no sample ships with labkit; the message names a substitute.
    OSError
        If the real set can be had from no source; the message names each and why.
    ValueError
        If the source is none of the two, or the data is not what the catalogue says.

    Examples
    --------
    >>> train, val, test = load("seeds", source="starter")
    seeds: Wheat kernels of three varieties (210 train) · CC BY 4.0 · from starter
    >>> train.x.shape
    (210, 7)
    """
    from labkit.data import fetch
    from labkit.data.catalogue import entry

    item = entry(id)
    if source not in (None, "starter"):
        raise ValueError(f"expected source None or 'starter', got {source!r}")
    dataset = _sample(item) if source or current() == "quick" else fetch.read(item, **options)
    known = ("id", "title", "licence", "redistributable")
    dataset = replace(dataset, **{name: getattr(item, name) for name in known})
    say(str(dataset))
    _record(dataset)
    return dataset


def _sample(item):
    if not item.starter:
        use = f"load({item.substitute!r})" if item.substitute else "another set"
        raise FileNotFoundError(
            f"no sample of {item.id!r} ships with labkit, and the quick profile fetches nothing; "
            f"use {use}, or set LABKIT_PROFILE=full to fetch the real set"
        )
    from labkit.data.starter import load_starter

    dataset = load_starter(item.id)
    return replace(dataset, source="starter", hash=content_hash(*dataset))


def _record(dataset):
    if path := os.environ.get("LABKIT_RECORD"):
        row = {"kind": "data", "id": dataset.id, "hash": dataset.hash, "source": dataset.source}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
