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
    return isinstance(error, OSError) and error.errno in _FULL


def accept(id: str, name: str, part: Path, source: str) -> Path:
    """Move a verified file into the cache under its name, and stamp it."""
    path = cache_dir() / id / name
    os.replace(part, path)
    _write_stamp(path, file_sha256(path), source)
    return path


def cached(id: str, files) -> dict | None:
    """Return path and source of each file, by name, if the cache has them all, unharmed.

    A file whose size and time are those of its stamp is taken as it is; any other is hashed
    again, and counts as absent if it is not the file that was accepted.

    Returns
    -------
    dict of str to (pathlib.Path, str), or None
    """
    found = {file.name: _held(cache_dir() / id / file.name, file.sha256) for file in files}
    return None if None in found.values() else found


def rehash(id: str, file) -> dict | None:
    """Hash a cached file again and discard it if it has changed.

    Returns
    -------
    dict or None
        With the keys file, ok, expected and got; None if the file is not in the cache.
    """
    path = cache_dir() / id / file.name
    if not path.is_file():
        return None
    expected, got = file.sha256 or _read_stamp(path).get("sha256", ""), file_sha256(path)
    if got != expected:
        path.unlink()
    return {"file": f"{id}/{file.name}", "ok": got == expected, "expected": expected, "got": got}


def _held(path, sha256):
    if not path.is_file():
        return None
    stamp, state = _read_stamp(path), path.stat()
    expected = sha256 or stamp.get("sha256")
    source = stamp.get("source", "cache")
    if [state.st_size, state.st_mtime_ns] == stamp.get("state") and stamp["sha256"] == expected:
        return path, source
    if file_sha256(path) != expected:
        return None
    with contextlib.suppress(OSError):  # the cache may be read-only
        _write_stamp(path, expected, source)
    return path, source


def _stamp_path(path):
    return path.with_name(f".{path.name}.json")


def _read_stamp(path):
    try:
        stamp = json.loads(_stamp_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and "sha256" in stamp else {}


def _write_stamp(path, sha256, source):
    state = path.stat()
    stamp = {"sha256": sha256, "source": source, "state": [state.st_size, state.st_mtime_ns]}
    part = _stamp_path(path).with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(stamp), encoding="utf-8")
    os.replace(part, _stamp_path(path))
