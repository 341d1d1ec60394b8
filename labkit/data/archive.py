"""Reading members out of zip, wheel, tar and deb archives that nobody vouches for.

Nothing is extracted by the archive's own paths, so no member can land outside the folder that
the caller names; links and devices are never followed, and every read is bounded.
"""

import contextlib
import errno
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

#: The largest member, in bytes, that is read: five times the largest that the catalogue names.
LIMIT = 1024**3
_DAMAGE = (EOFError, OSError, RuntimeError, lzma.LZMAError, struct.error, tarfile.TarError)
_DAMAGE += (zipfile.BadZipFile, zlib.error)


def members(path, *, limit: int = LIMIT):
    """Give an archive's regular files, one after the other, in the archive's order.

    Parameters
    ----------
    path : path-like
        A zip file or wheel, a tar file (plain, gzip or xz), or a Debian package.
    limit : int
        Bytes that one member, or the whole of a tar file, may unpack to.

    Yields
    ------
    name : str
        The member's relative POSIX path.
    file : io.BytesIO
        The member, in memory.

    Raises
    ------
    ValueError
        If the archive is damaged, of an unknown kind, holds a name that leads out of it, or a
        member larger than the limit.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.zip")
    >>> with zipfile.ZipFile(path, "w") as made:
    ...     made.writestr("x/y.txt", "hello")
    >>> [(name, file.read()) for name, file in members(path)]
    [('x/y.txt', b'hello')]
    """
    path = Path(path)
    with _damage_as_value_error(path.name), open(path, "rb") as file:
        kind = _zip_members if zipfile.is_zipfile(file) else _tar_members
        for name, content in kind(file, path.name, limit):
            yield _safe(name), content


def extract(path, wanted: dict, *, limit: int = LIMIT) -> None:
    """Copy some members of an archive to files of the caller's choice, in one pass.

    Parameters
    ----------
    path : path-like
        The archive, of any kind that :func:`members` reads.
    wanted : dict of str to path-like
        Where each member, by its name in the archive, is to be written.
    limit : int
        Bytes that one member may unpack to.

    Raises
    ------
    ValueError
        As :func:`members`; or if a member is missing or is not a regular file.
    """
    missing = set(wanted)
    for name, file in members(path, limit=limit):
        if name in missing:
            Path(wanted[name]).write_bytes(file.getbuffer())
            missing.discard(name)
        if not missing:
            return
    raise ValueError(
        f"expected the regular files {sorted(missing)} in {Path(path).name}, found none of that "
        "name; the package's contents have changed"
    )


def _zip_members(file, label, limit):
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.is_dir() and not stat.S_ISLNK(info.external_attr >> 16):
                with archive.open(info) as member:
                    yield info.filename, _bounded(member, info.filename, limit)


def _tar_members(file, label, limit):
    file.seek(0)
    with tarfile.open(fileobj=_bounded(_unpacked(file, label), label, limit), mode="r:") as archive:
        for info in archive:
            if info.isreg():
                yield info.name, _bounded(archive.extractfile(info), info.name, limit)


def _unpacked(file, label):
    """Return the tar stream inside a file, by the magic number rather than the file's name."""
    magic = file.read(8)
    if magic == b"!<arch>\n":
        file = _deb_data(file, label)
        magic = file.read(8)
    file.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if magic.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(file)
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        raise ValueError(f"{label} is compressed with zstd, which Python 3.11 cannot read")
    return file


def _deb_data(file, label):
    """Return the data archive of a Debian package, which is an `ar` file of three members."""
    while len(header := file.read(60)) == 60 and header[48:58].strip().isdigit():
        size = int(header[48:58])
        if header.startswith(b"data.tar"):
            return io.BytesIO(file.read(size))
        file.seek(size + size % 2, io.SEEK_CUR)
    raise ValueError(f"expected a data.tar member in {label}, found none; the file is damaged")


def _safe(name):
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[0]:
        raise ValueError(f"expected names inside the archive, got {name!r}; refusing the archive")
    return str(path)


def _bounded(file, label, limit):
    """Return the content of a file, unless that is too much: a small archive can hold a lot."""
    content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"expected at most {limit:,} bytes in {label}; it has more")
    return io.BytesIO(content)


@contextlib.contextmanager
def _damage_as_value_error(label):
    try:
        yield
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the disk's fault, not the archive's
        raise ValueError(f"cannot unpack {label}: {error}; it is damaged or truncated") from error
