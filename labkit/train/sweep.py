"""Many runs of one function: side by side, on disk as they finish, and never twice."""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

from labkit.train import loop

_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)
_ROW = {"setting", "result", "seconds"}


def sweep(function, settings, *, path, workers=1, fixed=None, progress=None):
    """Call a function once for each setting, and return what came out as a table.

    Each result is one line of JSON in the file, written as soon as it is there. A later call with
    the same path does only what is missing, so a sweep may be killed at any moment. Each worker
    is a process with one thread. The same call runs on a cluster: inside
    ``joblib.parallel_config(backend="dask")``, or "ray" after ``register_ray()``, joblib sends
    the settings there; only this process writes the file.

    Parameters
    ----------
    function : callable
        ``function(**setting, **fixed)`` → dict of JSON values, the columns of the result.
    settings : iterable of dict
        JSON values by name, no two alike; a replicate's seed is part of its setting. A setting is
        known by its JSON with sorted names.
    path : str or Path
        The file of rows. Take a new one when the function changes: the rows can't know.
    workers : int
        How many processes; 1: this one; −1: as many as there are processors.
    fixed : dict, optional
        What every call gets as well, such as the data. Large arrays are shared with the workers
        through memory maps, and can't be written to there.
    progress : bool, optional
        Show a progress bar; None: in a terminal or notebook.

    Returns
    -------
    pandas.DataFrame
        One row a setting, in the order of the settings: its values, the results, "seconds".

    Raises
    ------
    ValueError
        If two settings are alike, or the file is none of ours.
    RuntimeError
        If some settings failed, after all others are done and written; it names each with its
        error. Or if another process is at work on the file.

    Examples
    --------
    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/rows.jsonl"
    >>> settings = [{"x": x, "seed": seed} for x in (2, 3) for seed in (0, 1)]
    >>> table = sweep(lambda x, seed: {"y": x**2 + seed}, settings, path=path)
    >>> table[["x", "seed", "y"]].to_numpy().tolist()
    [[2, 0, 4], [2, 1, 5], [3, 0, 9], [3, 1, 10]]
    """
    import filelock
    import pandas as pd

    wanted = {}
    for setting in map(_plain, settings):
        if (key := _key(setting)) in wanted:
            raise ValueError(f"expected settings that differ, got {key} twice; add a seed")
        wanted[key] = setting
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(path.with_name(path.name + ".lock"), timeout=0):
            done = _rows(path, mend=True)
            missing = [s for key, s in wanted.items() if key not in done]
            done |= _run(function, missing, fixed or {}, path, workers, progress, len(wanted))
    except filelock.Timeout as error:
        raise RuntimeError(
            f"expected to be alone with {path}, but another sweep is at work on it; wait for it"
        ) from error
    failed = {key: done[key]["error"] for key in wanted if "error" in done[key]}
    if failed:
        raise RuntimeError(
            f"{len(failed)} of {len(wanted)} settings failed; the others are in {path}, and the "
            "same call tries the failed ones again:\n"
            + "\n".join(f"  {key}: {error}" for key, error in failed.items())
        )
    rows = [done[key] for key in wanted]
    return pd.DataFrame(
        [{**row["setting"], **row["result"], "seconds": row["seconds"]} for row in rows]
    )


def rows_of(path) -> list:
    r"""Return the finished rows of a sweep's file, in the order in which they finished.

    Parameters
    ----------
    path : str or Path
        The file that :func:`sweep` writes; it may be at work. A torn last line is left out.

    Returns
    -------
    list of dict
        Each with "setting", "result" (both dicts) and "seconds".

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "rows.jsonl")
    >>> _ = path.write_text('{"setting": {"x": 1}, "result": {"y": 2}, "seconds": 0.1}\n{"sett')
    >>> rows_of(path)
    [{'setting': {'x': 1}, 'result': {'y': 2}, 'seconds': 0.1}]
    """
    return list(_rows(Path(path)).values())


def _rows(path, *, mend=False):
    """Return the file's rows by key; a torn last line is left out, and cut off if asked to."""
    raw = path.read_bytes() if path.exists() else b""
    whole = raw[: raw.rfind(b"\n") + 1]
    try:
        rows = [json.loads(line) for line in whole.splitlines()]
        found = {_key(row["setting"]): row for row in rows if set(row) >= _ROW}
        if len(found) < len(rows):
            raise ValueError("a line is no row, or a row is there twice")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"expected the rows of a sweep in {path}, one JSON line each, got others ({error}); "
            "choose another path"
        ) from error
    if mend and len(whole) < len(raw):
        os.truncate(path, len(whole))
    return found


def _run(function, settings, fixed, path, workers, progress, total):
    """Run the settings; append each row as it comes; return them by key."""
    import joblib

    backend, _ = joblib.parallel.get_active_backend()
    done, chunks = {}, [settings]
    # The backends of multiprocessing and ray answer only when a whole list is done.
    how = "generator_unordered" if backend.supports_return_generator else "list"
    with joblib.Parallel(n_jobs=workers, return_as=how) as pool:
        if how == "list":
            n = pool._effective_n_jobs()
            chunks = [settings[k : k + n] for k in range(0, len(settings), n)]
        rows = (
            row
            for chunk in chunks
            for row in pool(joblib.delayed(_one)(function, s, fixed) for s in chunk)
        )
        start = total - len(settings)
        with open(path, "ab", buffering=0) as file:
            for row in loop.bar(rows, progress, unit="run", total=total, done=start):
                done[_key(row["setting"])] = row
                if "error" not in row:
                    file.write((json.dumps(row) + "\n").encode())  # one write a row
                    os.fsync(file.fileno())
    return done


def _one(function, setting, fixed):
    """Return a setting's row; an error becomes text, so that the others go on."""
    started = time.perf_counter()
    row = {"setting": setting}
    try:
        with _one_thread():
            result = _plain(function(**setting, **fixed))
        if not isinstance(result, dict) or result.keys() & {*setting, "seconds"}:
            raise ValueError(
                f"expected a dict of other names than {[*setting, 'seconds']}, got {result!r:.80}"
            )
        row["result"] = result
    except Exception as error:
        row["error"] = f"{type(error).__name__}: {error}"
    return {**row, "seconds": time.perf_counter() - started}


@contextlib.contextmanager
def _one_thread():
    """Let numerical libraries use one thread, those loaded already and those still to come."""
    import threadpoolctl

    old = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    torch = sys.modules.get("torch")
    threads = torch and torch.get_num_threads()
    try:
        if torch:
            torch.set_num_threads(1)
        with threadpoolctl.threadpool_limits(1):
            yield
    finally:
        if torch:
            torch.set_num_threads(threads)
        for name, value in old.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _plain(value):
    """Return a value as it will come back from the file: tuples are lists, NumPy's are Python's."""
    return json.loads(json.dumps(value, default=lambda part: part.tolist()))


def _key(setting):
    return json.dumps(setting, sort_keys=True, separators=(",", ":"), allow_nan=False)
