"""Bringing a data set's files into the cache: each source in turn, nothing believed unverified."""

import contextlib
import itertools
import os
import shutil
from dataclasses import replace
from pathlib import Path

import filelock

from labkit.data.archive import extract
from labkit.data.cache import accept, cache_dir, cached, inspect, is_fatal, workplace
from labkit.data.catalogue import CATALOGUE, Entry, entry
from labkit.data.hashes import content_hash, file_sha256
from labkit.data.sources import Source, download

__all__ = ["cache_dir", "fetch", "fetch_file", "read", "verify"]

#: Seconds to wait for another process that fetches the same data set.
LOCK_TIMEOUT = 3600


def fetch(id: str) -> list:
    """Make sure that a data set's files are in the cache, from there or from its sources.

    Returns
    -------
    list of (str, pathlib.Path, str)
        Name, path and source of each file, which is verified.

    Raises
    ------
    KeyError
        If the catalogue has no such id.
    ConnectionError
        If no source works; the message names each and why.
    OSError
        If the disk is full or the cache cannot be written.
    TimeoutError
        If another process holds the data set's lock for an hour.
    """
    _, found = _locate(entry(id))
    return [(name, path, source) for name, (path, source) in found.items()]


def fetch_file(id: str, name: str) -> Path:
    """Return the path of one verified file of a data set."""
    paths = {row[0]: row[1] for row in fetch(id)}
    if name not in paths:
        raise KeyError(f"expected a file of {id}: {sorted(paths)}, got {name!r}")
    return paths[name]


def read(item: Entry, **options):
    """Return the real data set, fetched if need be, with its hash compared with the catalogue's.

    Options go to the loader; the arrays then differ from those that the catalogue's hash is of,
    and the files' own hashes vouch for them.

    Raises
    ------
    ValueError
        If the files are the right ones and yet give other arrays.
    OSError
        As :func:`fetch`.
    """
    variant, found = _locate(item)
    return _parse(item, variant, found, options)


def verify(id: str | None = None) -> list:
    """Hash the cached files of one data set, or of all, again; those that changed are discarded.

    Returns
    -------
    list of dict
        With the keys file, ok, expected and got (sha256).
    """
    items = [entry(id)] if id else CATALOGUE.values()
    files = [(item.id, file) for item in items for v in item.variants for file in v.files]
    found = [row for row in itertools.starmap(inspect, files) if row]
    for row in found:
        if not row["ok"]:
            row["path"].unlink()
    return [{key: row[key] for key in ("file", "ok", "expected", "got")} for row in found]


def _locate(item):
    """Return the variant that is in the cache, or that a source gave, and its files."""
    for variant in item.variants:
        if found := cached(item.id, variant.files):
            return variant, found
    tried = [] if item.variants else ["it is a bundled sample only: load it with source='starter'"]
    with _lock(item.id):
        for mirrored, variant in itertools.product((True, False), item.variants):
            with workplace(item.id) as stage:
                if found := _download(item, variant, stage, mirrored, tried):
                    return variant, found
    raise ConnectionError(
        f"expected to fetch {item.id!r}, but no source worked:\n"
        + "\n".join(f"  - {reason}" for reason in tried)
        + f"\nTry `labkit data fetch {item.id}` where these can be reached, or set LABKIT_MIRROR "
        "to a folder or a URL that has the files; LABKIT_PROFILE=quick uses bundled samples"
    )


@contextlib.contextmanager
def _lock(id):
    with workplace(id, ".check-") as probe:  # says so clearly if the cache cannot be written
        path = probe.parent / ".lock"
    try:
        with filelock.FileLock(path, timeout=LOCK_TIMEOUT):
            for stale in path.parent.glob(".part-*"):  # of a run that was killed
                shutil.rmtree(stale, ignore_errors=True)
            yield
    except filelock.Timeout as error:
        raise TimeoutError(
            f"another process has been fetching {id} for {LOCK_TIMEOUT} s; wait for it, or "
            f"delete {path} if there is none"
        ) from error


def _download(item, variant, stage, mirrored, tried):
    """Fetch what the cache lacks, even now that the lock is ours; return None if that fails."""
    found, unsure, archives = {}, [], {}
    for file in variant.files:
        if held := cached(item.id, [file]):
            found |= held
            continue
        places = _places(item.id, file, mirrored)
        part, source = _first_that_works(places, file, stage, archives, tried)
        if part is None:
            return None
        found[file.name] = part, source
        if file.sha256:
            found[file.name] = accept(item.id, file.name, part, source)
        else:
            unsure.append(file.name)
    if unsure:  # no published sha256: the arrays decide
        try:
            _parse(item, variant, found, {})
        except Exception as error:  # a loader may fail in any way on a wrong file
            if is_fatal(error):
                raise
            tried.append(f"{', '.join(found[name][1] for name in unsure)}: {error}")
            return None
    return found | {name: accept(item.id, name, *found[name]) for name in unsure}


def _places(id, file, mirrored):
    """Return a file's mirrors, or else its other sources."""
    if mirrored and os.environ.get("LABKIT_MIRROR"):  # a copy of a cache serves as a mirror too
        yield Source("mirror", f"{id}/{file.name}")
    yield from (source for source in file.sources if (source.kind == "mirror") == mirrored)


def _first_that_works(sources, file, stage, archives, tried):
    part = stage / file.name
    for source in sources:
        try:
            _bring(source, part, archives)
            _check(file, part)
            return part, str(source)
        except (OSError, ValueError) as error:
            if is_fatal(error):
                raise
            tried.append(f"{source}: {file.name}: {error}")
    return None, ""


def _bring(source, part, archives):
    """Download a file, or read it out of an archive, which comes once for all its members."""
    name = str(source)
    if not source.member:
        download(source, part.parent).replace(part)
        return
    if name not in archives:
        archives[name] = None
        archives[name] = download(source, part.parent)
    if archives[name] is None:
        raise ConnectionError("it failed before")
    extract(archives[name], {source.member: part})


def _check(file, part):
    if file.sha256 and (got := file_sha256(part)) != file.sha256:
        size = part.stat().st_size
        part.unlink()
        raise ValueError(
            f"expected sha256 {file.sha256}, got {got} ({size:,} bytes); file discarded"
        )


def _parse(item: Entry, variant, found, options):
    """Return the Dataset that the files hold, if its arrays are those of the catalogue."""
    dataset = variant.load({name: path for name, (path, _) in found.items()}, **options)
    digest = content_hash(*dataset)
    if item.content and not options and digest != item.content:
        raise ValueError(
            f"expected the arrays of {item.id!r} to have the hash {item.content}, got {digest}; "
            "the files are not this data set, or the loader has changed"
        )
    source = ", ".join(sorted({source for _, source in found.values()}))
    return replace(dataset, hash=digest, source=source)
