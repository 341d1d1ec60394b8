"""The folder of verified files: CACHE/id/name, and beside each file a stamp of what it is."""

import contextlib
import errno
import json
import os
import tempfile
from pathlib import Path

from labkit.data.hashes import file_sha256

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


def cache_dir() -> Path:
    """Return the cache folder: LABKIT_CACHE, or the operating system's place for caches."""
    if chosen := os.environ.get("LABKIT_CACHE"):
        return Path(chosen).expanduser()
    import pooch

    return Path(pooch.os_cache("labkit"))


@contextlib.contextmanager
def workplace(id: str, prefix: str = ".part-"):
    """Give a temporary folder on the cache's own disk, so that a rename from it is atomic.

    Raises
    ------
    PermissionError, OSError
        If the cache cannot be written or the disk is full; the message names the way out.
    """
    try:
        folder = cache_dir() / id
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=prefix) as part:
            yield Path(part)
    except OSError as error:
        if error.errno not in (*_FULL, *_FORBIDDEN):
            raise
        what = "is full" if error.errno in _FULL else "cannot be written"
        raise OSError(
            error.errno,
            f"the cache {cache_dir()} {what}; set LABKIT_CACHE to a folder that you may write, "
            "on a disk with room",
        ) from error


def is_fatal(error: Exception) -> bool:
    """Whether no other source could help: the disk is full."""
    return getattr(error, "errno", None) in _FULL


def accept(id: str, name: str, part: Path, source: str) -> tuple:
    """Move a verified file into the cache under its name; return its path and its source.

    The stamp beside it keeps what only now is known: its sha256, if nobody published one, and
    its source.
    """
    path = cache_dir() / id / name
    stamp = json.dumps({"sha256": file_sha256(part), "source": source})
    os.replace(part, path)
    fresh = part.with_suffix(".stamp")
    fresh.write_text(stamp, encoding="utf-8")
    os.replace(fresh, _stamp_path(path))
    return path, source


def cached(id: str, files) -> dict | None:
    """Return path and source of each file, by name, if the cache has them all, unharmed.

    Returns
    -------
    dict of str to (pathlib.Path, str), or None
    """
    found = {file.name: inspect(id, file) for file in files}
    if not all(row and row["ok"] for row in found.values()):
        return None
    return {name: (row["path"], row["source"]) for name, row in found.items()}


def inspect(id: str, file) -> dict | None:
    """Hash a cached file anew and compare it with the catalogue, or else with its stamp.

    Returns
    -------
    dict or None
        With the keys file, path, source, ok, expected and got (sha256); None if it is not there.
    """
    path = cache_dir() / id / file.name
    if not path.is_file():
        return None
    try:
        stamp = json.loads(_stamp_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stamp = {}
    expected, got = file.sha256 or stamp.get("sha256", ""), file_sha256(path)
    row = {"file": f"{id}/{file.name}", "path": path, "source": stamp.get("source", "cache")}
    return row | {"ok": got == expected, "expected": expected, "got": got}


def _stamp_path(path):
    return path.with_name(f".{path.name}.json")
