"""A lab as a file: where it is, the hash of its code, and outputs that a rerun repeats exactly."""

import base64
import hashlib
import json
import os
import re
import struct
from difflib import get_close_matches
from pathlib import Path

from labkit.ledger import published_file

_NOT_STAMPED = {"bootstrap", "exercise"}
_CELL_FILE = re.compile(r"[^\s'\"<>(]*ipykernel_\d+[/\\]\d+\.py")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+|[^\s'\"<>(]*(?:site|dist)-packages[/\\]")
_NATIVE_LOG = re.compile(  # what TensorFlow's C++ writes to stderr while it is imported
    r"^(?:WARNING: All log messages before absl.*|[IWE]\d{4} [\d:.]+ +\d+ \S+\.cc:\d+\].*)\n?", re.M
)


def course_root() -> Path:
    """Return the course's folder, the one that holds ``labs/published.yml``.

    Raises
    ------
    FileNotFoundError
        If neither the working directory nor the package lies in a copy of the course.
    """
    root = published_file().parent.parent
    if not (root / "labs" / "published.yml").is_file():
        raise FileNotFoundError(
            f"expected a copy of the course around {Path.cwd()}, found no labs/published.yml; "
            "go to the folder of the course and try again"
        )
    return root


def find_labs(names=(), *, solutions=False) -> list:
    """Return the notebooks with these names or paths; without names, all labs.

    Parameters
    ----------
    names : sequence of str
        "week02_and_spreadsheet", "solutions/week02", or paths.
    solutions : bool
        Without names: the solutions too.

    Returns
    -------
    list of Path

    Raises
    ------
    FileNotFoundError
        If there is no such lab; the message names the nearest.
    """
    labs = course_root() / "labs"
    every = [*sorted(labs.glob("*.ipynb")), *sorted(labs.glob("solutions/*.ipynb"))]
    known = {path.relative_to(labs).with_suffix("").as_posix(): path for path in every}
    if not names:
        return [path for name, path in known.items() if solutions or "/" not in name]
    known |= {name: Path(name).resolve() for name in names if Path(name).is_file()}
    for name in names:
        if name not in known:
            near = ", ".join(get_close_matches(name, known, cutoff=0.3)) or "none"
            raise FileNotFoundError(f"expected a lab's name or path, got {name!r}; nearest: {near}")
    return [known[name] for name in names]


def read_lab(path):
    """Return the notebook at a path, as nbformat 4."""
    import nbformat

    return nbformat.read(path, as_version=4)


def write_lab(path: Path, notebook) -> None:
    """Write a notebook without what differs between two equal runs."""
    import nbformat

    normalise(notebook)
    write_whole(path, nbformat.writes(notebook) + "\n")


def tags(cell) -> set:
    """Return the set of a cell's tags."""
    return set(cell.metadata.get("tags", ()))


def code_cells(notebook) -> list:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def code_hash(notebook) -> str:
    """Return the sha256 of the code whose outputs are committed.

    The bootstrap cell and exercise stubs do not count: they may change without a rerun.
    """
    sources = [cell.source for cell in code_cells(notebook) if not tags(cell) & _NOT_STAMPED]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _results_file(path, profile):
    return path.parent / "results" / f"{path.stem}.{profile}.json"


def read_results(path: Path, profile: str) -> dict | None:
    """Return a lab's committed results of a profile; None if there are none."""
    file = _results_file(path, profile)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def write_results(path: Path, profile: str, results: dict) -> None:
    """Write a lab's rows and stamp of a profile to where :func:`read_results` finds them."""
    text = json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(_results_file(path, profile), text + "\n")


def write_whole(path: Path, text: str) -> None:
    """Write a file under a temporary name, then rename it: it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


def normalise(notebook) -> None:
    """Remove, in place, what differs between two equal runs: paths, addresses, times, versions."""
    keep = {"labkit": notebook.metadata["labkit"]} if "labkit" in notebook.metadata else {}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}} | keep
    for cell in notebook.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "mystnb")}
        for output in cell.get("outputs", ()):
            if "text" in output:
                output.text = _NATIVE_LOG.sub("", _without_paths(output.text))
            for kind, content in output.get("data", {}).items():
                if kind == "image/png":
                    output.data[kind] = _plain_png(content)
                elif isinstance(content, str):
                    output.data[kind] = _without_paths(content)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if output.get("text") != ""]


def _without_paths(text):
    return _ADDRESS.sub("", _CELL_FILE.sub("cell", text))


def _plain_png(content):
    """Return a base64 PNG without the chunks that hold texts and times."""
    data, kept, at = base64.b64decode(content), b"", 8
    while at < len(data):
        end = at + 12 + struct.unpack(">I", data[at : at + 4])[0]  # length, type, data, checksum
        if data[at + 4 : at + 8] not in (b"tEXt", b"zTXt", b"iTXt", b"tIME"):
            kept += data[at:end]
        at = end
    return base64.b64encode(data[:8] + kept).decode()
