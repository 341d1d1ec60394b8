"""What data sets there are, as `catalogue.yml` declares them."""

import difflib
import importlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from labkit.data.sources import Source
from labkit.types import Dataset


@dataclass(frozen=True)
class File:
    """A file of a data set.

    Attributes
    ----------
    name : str
        Its name in the cache, under the data set's id; no two of a data set have the same.
    sha256 : str
        Of the file itself, not of the archive that it comes in; "" where nobody published one,
        and then the arrays' content hash decides whether the file is accepted.
    sources : tuple of Source
        In the order in which they are tried.
    """

    name: str
    sha256: str = ""
    sources: tuple = ()


@dataclass(frozen=True)
class Variant:
    """One container of the data: the files, and the loader that reads them.

    Attributes
    ----------
    loader : str
        "module:function", called with a dict of name to path; returns a Dataset.
    files : tuple of File
    """

    loader: str
    files: tuple

    def load(self, paths: dict, **options):
        """Return the Dataset that the loader reads from these paths."""
        module, _, function = self.loader.partition(":")
        return getattr(importlib.import_module(module), function)(paths, **options)


@dataclass(frozen=True)
class Entry:
    """A data set.

    Attributes
    ----------
    id, title, licence, citation, homepage : str
    redistributable : bool
        Whether its pictures or texts may stand in a published page.
    size : int
        Bytes to download.
    shape : str
        Of the arrays, for people.
    variants : tuple of Variant
        In the order in which they are tried; empty for a set that exists as a sample only.
    content : str
        The arrays' :func:`~labkit.data.hashes.content_hash`; "" where they depend on the version
        of a JPEG decoder, or the set was out of reach when the catalogue was written.
    starter : bool
        Whether a sample ships with labkit, for the quick profile.
    substitute : str
        The id to use in the quick profile if there is no sample.
    class_names, feature_names : tuple of str
        Of the arrays; empty where the files themselves tell.
    unit : str
        Of a regression target.
    """

    id: str
    title: str
    licence: str
    redistributable: bool
    citation: str
    shape: str
    size: int = 0
    homepage: str = ""
    variants: tuple = ()
    content: str = ""
    starter: bool = False
    substitute: str = ""
    class_names: tuple = ()
    feature_names: tuple = ()
    unit: str = ""

    def dataset(self, train, **parts) -> Dataset:
        """Return a Dataset of these rows, with the names and the unit stated here."""
        names = {"class_names": self.class_names, "feature_names": self.feature_names}
        return Dataset(train, **names, unit=self.unit, **parts)


def entry(id: str) -> Entry:
    """Return a data set's entry.

    Raises
    ------
    KeyError
        If there is none; the message names the nearest id.

    Examples
    --------
    >>> entry("mnist").title
    'MNIST handwritten digits'
    """
    if id not in CATALOGUE:
        near = difflib.get_close_matches(id, CATALOGUE, n=1, cutoff=0.3)
        hint = f"did you mean {near[0]!r}?" if near else "`labkit data list` shows them all"
        raise KeyError(f"expected the id of a data set, got {id!r}; {hint}")
    return CATALOGUE[id]


def status() -> list:
    """Return a row for each data set: what it is and whether its files are in the cache.

    Returns
    -------
    list of dict
        With the keys id, title, size (bytes), starter, cached and licence.
    """
    from labkit.data.cache import cached

    rows = []
    for item in CATALOGUE.values():
        here = any(cached(item.id, variant.files) for variant in item.variants)
        row = {"id": item.id, "title": item.title, "size": item.size, "starter": item.starter}
        rows.append(row | {"cached": here, "licence": item.licence})
    return rows


def _read(text: str) -> dict:
    """Return the entries, by id, that a catalogue in YAML declares."""
    rows = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {id: _entry(id, **row) for id, row in rows.items()}


def _entry(id, *, variants=(), loader="", files=None, **row):
    variants = [*variants, *([{"loader": loader, "files": files}] if files else [])]
    row = {name: tuple(v) if isinstance(v, list) else v for name, v in row.items()}
    return Entry(id=id, variants=tuple(_variant(**variant) for variant in variants), **row)


def _variant(*, files, **row):
    return Variant(files=tuple(_file(name, **item) for name, item in files.items()), **row)


def _file(name, *, sources, **row):
    return File(name, sources=tuple(_source(**item) for item in sources), **row)


def _source(*, member="", lines=0, **place):
    (kind, reference), *others = place.items()
    if others:
        raise ValueError(f"expected one kind of place in a source, got {list(place)}")
    return Source(kind, reference, member, lines)


#: Every data set, by id.
CATALOGUE = _read(Path(__file__).with_name("catalogue.yml").read_text(encoding="utf-8"))
