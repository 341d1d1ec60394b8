"""``labkit run``: execute a lab from a fresh kernel, then write its outputs, rows and stamp."""

import contextlib
import datetime
import hashlib
import json
import os
import platform
import tempfile
import textwrap
import time
from importlib import metadata
from pathlib import Path

from labkit.course.notebook import code_hash, find_labs, read_lab, write_lab, write_results
from labkit.ledger import rows_hash
from labkit.profile import say

_PACKAGES = ("numpy", "pandas", "scikit-learn", "matplotlib", "torch", "keras", "tensorflow")
_QUIET = {"PYTHONHASHSEED": "0", "TQDM_DISABLE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
_QUIET |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # Agg would lose figures


class LabFailed(RuntimeError):
    """A lab stopped at a cell; the message holds its number, its source and the error."""


def run(labs, *, all=False, profile="quick", no_write=False) -> int:
    """Run labs one after another; return 0 if all ran, else 1 after naming those that failed.

    Parameters
    ----------
    labs : list of str
        Names or paths.
    all : bool
        Every lab and every solution instead.
    profile : {"quick", "full", "gpu"}
        What to run.
    no_write : bool
        Leave every file as it is.
    """
    if bool(labs) == all:
        raise ValueError("expected the names of labs, or --all; the labs are in the folder labs/")
    failed = []
    for path in find_labs(labs, solutions=True):
        try:
            results = run_lab(path, profile=profile, write=not no_write)
        except LabFailed as error:
            failed.append(path.stem)
            say(str(error))
            continue
        stamp, n = results["stamp"], len(results["results"])
        say(f"{path.stem} ({profile}): {n} rows, {stamp['seconds']} s, {stamp['peak_mb']} MB")
    if failed:
        say(f"failed: {', '.join(failed)}; nothing was written for them")
    return 1 if failed else 0


def run_lab(path: Path, *, profile: str = "quick", write: bool = True) -> dict:
    """Run one lab from a fresh kernel.

    Parameters
    ----------
    path : Path
        The notebook.
    profile : {"quick", "full", "gpu"}
        Under "full" and "gpu" the notebook is written back with its outputs. A notebook in
        ``solutions/`` keeps its outputs too, but has no results file: its stamp is the hash of
        its code in the notebook's own metadata.
    write : bool
        False: leave every file as it is.

    Returns
    -------
    dict
        lab, profile, results (the rows), data, stamp.

    Raises
    ------
    LabFailed
        If a cell raises or the kernel dies; then nothing is written.
    """
    notebook = read_lab(path)
    rows, data, seconds, peak = execute(notebook, path, profile=profile)
    facts = notebook.metadata.get("labkit", {})
    stamp = {"code": code_hash(notebook), "labkit": package_hash(), "data": data}
    stamp |= {"seconds": round(seconds, 1), "student_minutes": facts.get("student_minutes")}
    stamp |= {"peak_mb": peak, "versions": _versions(), "date": str(datetime.date.today())}
    stamp |= {"profile": profile, "results_sha256": rows_hash(rows)}
    results = {"lab": path.stem, "profile": profile, "results": rows, "data": data, "stamp": stamp}
    solution = path.parent.name == "solutions"
    if write and profile != "quick":
        if solution:
            notebook.metadata["labkit"] = {**facts, "code": stamp["code"]}
        write_lab(path, notebook)
    if write and not solution:
        write_results(path, profile, results)
    return results


def execute(notebook, path: Path, *, profile: str):
    """Execute a notebook in place; return its rows, its data sets, seconds and peak MB."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from tqdm import tqdm
    from traitlets.config import Config

    cells = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    steps = tqdm(cells, desc=f"{path.stem} ({profile})", unit="cell", disable=None)
    options = {"timeout": None, "kernel_name": "python3", "skip_cells_with_tag": "nbval-skip"}
    options |= {"record_timing": False, "coalesce_streams": True, "store_widget_state": False}
    start, peak, found = time.perf_counter(), None, {"row": [], "data": []}
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder, "rows.jsonl")
        ipc = {"transport": "ipc", "ip": str(Path(folder, "k"))} if os.name == "posix" else {}
        client = NotebookClient(notebook, config=Config(KernelManager=ipc), **options)
        chosen = {"LABKIT_PROFILE": profile, "LABKIT_RECORD": str(record)}
        with client.setup_kernel(env=os.environ | _QUIET | chosen, cwd=str(path.parent)):
            for number, (index, cell) in enumerate(steps, 1):
                cell.outputs, cell.execution_count = [], None
                try:
                    client.execute_cell(cell, index)
                except CellExecutionError as error:
                    raise _failure(path, number, cell, f"{error.ename}: {error.evalue}") from error
                except DeadKernelError as error:
                    why = f"the kernel died; the cell before left it at {peak} MB: out of memory?"
                    raise _failure(path, number, cell, why) from error
                peak = _peak_mb(client.km) or peak
        if record.exists():
            for line in record.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                found[row.pop("kind")].append(row)
    sets = {(row["id"], row["hash"]): row | {"pins": data_pins(row["id"])} for row in found["data"]}
    return found["row"], list(sets.values()), time.perf_counter() - start, peak


def _failure(path, number, cell, reason):
    source = textwrap.indent(cell.source, "    ")
    return LabFailed(f"{path.name}, code cell {number}:\n{source}\n{reason}")


def _peak_mb(manager):
    """Return the kernel's peak resident memory in MB, where the system tells it (Linux)."""
    try:
        status = Path(f"/proc/{manager.provisioner.process.pid}/status").read_text()
        return round(int(status.split("VmHWM:")[1].split()[0]) / 1024)
    except (AttributeError, OSError, IndexError):
        return None


def _versions():
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def data_pins(id: str) -> str:
    """Return a hash of what the catalogue pins for a data set: its content and its files."""
    from labkit.data.catalogue import entry

    pins = [file.sha256 for variant in entry(id).variants for file in variant.files]
    return hashlib.sha256(json.dumps([entry(id).content, pins]).encode()).hexdigest()[:12]


def package_hash() -> str:
    """Return the sha256 of labkit's source: what a lab's numbers can depend on.

    The command line (``labkit.course``) and the published values are left out.
    """
    folder, digest = Path(__file__).parents[1], hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        outside = name.startswith(("course/", "published.yml"))
        if file.suffix in (".py", ".yml", ".mplstyle") and not outside:
            digest.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
