"""The results ledger: what a lab measured, beside what was published, with a checked verdict.

``labs/published.yml`` holds one entry an id: the published value, its tolerance and its source.
A lab calls :func:`record` where it has the number; nothing is written unless ``LABKIT_RECORD``
names a file, which ``labkit run`` and the comparison of quick values set.
"""

import functools
import hashlib
import json
import os
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from labkit.profile import current

VERDICTS = ("reproduced", "close", "corrected", "different", "unexplained", "not comparable")
VERDICTS += ("not run",)
_ZERO = 1e-12  # differences below this are rounding, whatever the values' size


def published_file() -> Path:
    """Return the ``labs/published.yml`` in force.

    It is looked for in the working directory and the folders above it, then in the repository
    that holds the package; an installed package carries a copy.
    """
    package = Path(__file__).resolve().parent
    for folder in (Path.cwd(), *Path.cwd().parents, package.parent):
        if (folder / "labs" / "published.yml").is_file():
            return folder / "labs" / "published.yml"
    return package / "published.yml"


@functools.lru_cache(maxsize=8)
def _entries(path, _changed):
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def entries() -> dict:
    """Return every entry of ``published.yml``, a dict from id to its fields."""
    path = published_file()
    return _entries(path, path.stat().st_mtime_ns)


def published(id: str) -> dict:
    """Return the published entry of an id.

    Parameters
    ----------
    id : str
        Such as "w02.and.cost36".

    Returns
    -------
    dict
        title, value (absent if we measure it first), unit, tolerance, format, source, protocol …

    Raises
    ------
    KeyError
        If there is no such id; the message names the nearest ones.

    Examples
    --------
    >>> published("w02.and.cost36")["value"]
    0.099
    """
    known = entries()
    if id not in known:
        near = ", ".join(get_close_matches(id, known, cutoff=0.4)) or "none"
        raise KeyError(f"expected an id of {published_file().name}, got {id!r}; nearest: {near}")
    return dict(known[id])


def record(
    id: str,
    value,
    *,
    unit=None,
    n_seeds=1,
    sd=None,
    data="",
    verdict=None,
    why="",
    departures=(),
    interval=None,
) -> dict:
    """Record a measured value under its id, and return the ledger's row.

    Parameters
    ----------
    id : str
        An id of ``labs/published.yml``; the Markdown cell before holds its anchor.
    value : number, str, bool, list or ndarray
        What was measured; finite. None only with the verdict "not run".
    unit : str, optional
        By default that of the published entry; another one is refused.
    n_seeds : int
        Number of independent runs behind the value.
    sd : float or list, optional
        Standard deviation over those runs, in the unit of the value.
    data : str
        Id of the data set.
    verdict : str, optional
        One of ``VERDICTS``; None if nothing was published. Under ``full`` and ``gpu``
        "reproduced" is checked; under ``quick`` it stands for what ``full`` shows.
    why : str
        The reason; needed for "corrected", "different" and "not comparable".
    departures : sequence of str
        Where the protocol differs from the published one.
    interval : (low, high), optional
        Confidence interval of the value.

    Returns
    -------
    dict
        id, value, unit, n_seeds, sd, interval, data, source, profile, departures, verdict, why,
        cell, published; ready for JSON.

    Raises
    ------
    KeyError
        If the id is unknown.
    TypeError, ValueError
        If a value has no JSON form or is not finite, or the verdict does not fit.

    Examples
    --------
    >>> row = record("w02.and.cost36", 0.0993, verdict="reproduced")
    >>> row["published"], row["source"]
    (0.099, 'L')
    """
    entry = published(id)
    if unit not in (None, entry.get("unit", "")):
        raise ValueError(f"{id}: expected the unit {entry.get('unit', '')!r}, got {unit!r}")
    row = {"id": id, "value": plain(value), "unit": entry.get("unit", ""), "n_seeds": int(n_seeds)}
    row |= {"sd": plain(sd), "interval": plain(interval), "data": data}
    row |= {"source": entry.get("source", ""), "profile": current()}
    row |= {"departures": list(departures), "verdict": verdict, "why": why, "cell": id}
    row |= {"published": plain(entry.get("value"))}
    _check_verdict(row, entry)
    append("row", row)
    return row


def _check_verdict(row, entry):
    """Refuse a verdict that is unknown, unexplained, or contradicted by the numbers."""
    id, verdict, given = row["id"], row["verdict"], row["published"] is not None
    if verdict not in (None, *VERDICTS):
        raise ValueError(f"{id}: expected a verdict among {', '.join(VERDICTS)}, got {verdict!r}")
    if given and verdict is None:
        raise ValueError(f"{id}: expected a verdict, since a value was published; got None")
    if not given and verdict in ("reproduced", "close"):
        raise ValueError(f"{id}: expected no verdict, since no value was published; got {verdict}")
    if verdict in ("corrected", "different", "not comparable") and not row["why"]:
        raise ValueError(f"{id}: expected why=… with the verdict {verdict!r}, got none")
    if row["value"] is None and verdict != "not run":
        raise ValueError(f"{id}: expected a value, got None; only 'not run' goes without")
    if verdict == "reproduced" and row["profile"] != "quick" and not reproduces(row, entry):
        raise ValueError(
            f"{id}: expected a value within {spread(row, entry)} of the published "
            f"{row['published']} for 'reproduced', got {row['value']}; "
            "look for the cause, then record 'close', 'different' or 'unexplained'"
        )


def spread(row: dict, entry: dict):
    """Return how far a reproduction may lie: the entry's tolerance, else 2 sd, else None."""
    sd = row["sd"]
    return entry.get("tolerance", None if sd is None else (2 * np.asarray(sd)).tolist())


def reproduces(row: dict, entry: dict) -> bool:
    """Return whether a row lies within the tolerance, or within 2 sd, of the published value.

    Without either, the two must print alike in the entry's format.
    """
    ours, theirs, allowed = row["value"], plain(entry.get("value")), spread(row, entry)
    if allowed is not None:
        return _near(ours, theirs, absolute=allowed)
    style = entry.get("format", "")
    if not isinstance(ours, list) or not isinstance(theirs, list):
        ours, theirs = [ours], [theirs]
    return len(ours) == len(theirs) and all(
        a == b or (isinstance(a, float) and format(a, style) == format(b, style))
        for a, b in zip(ours, theirs, strict=True)
    )


def _near(a, b, *, absolute=0.0, relative=0.0) -> bool:
    """Return whether two plain values differ by no more than allowed; text must be equal.

    The relative allowance is that of the larger of the two, entry by entry.
    """
    if a == b:
        return True
    try:
        a, b = np.asarray(a, float), np.asarray(b, float)
    except (TypeError, ValueError):
        return False
    if a.shape != b.shape:
        return False
    allowed = np.asarray(absolute) + relative * np.maximum(np.abs(a), np.abs(b))
    return bool(np.all(np.abs(a - b) <= allowed + _ZERO))


def plain(value):
    """Return a value as JSON can hold it: NumPy numbers and arrays become Python's.

    Raises
    ------
    TypeError
        If a part is no number, text, boolean or list.
    ValueError
        If a number is NaN or infinite.

    Examples
    --------
    >>> plain(np.float32([0.5, 2])), plain((np.int64(3), True))
    ([0.5, 2.0], [3, True])
    """
    value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if not isinstance(value, str | bool | int | float | None):
        raise TypeError(f"expected a number, text, boolean or list, got {type(value).__name__}")
    if isinstance(value, float) and not np.isfinite(value):
        raise ValueError(f"expected a finite value, got {value}; record what can be compared")
    return value


def append(kind: str, row: dict) -> None:
    """Append one JSON line to the file ``LABKIT_RECORD`` names; without it write nothing."""
    path = os.environ.get("LABKIT_RECORD")
    if path:
        line = json.dumps({"kind": kind, **row}, ensure_ascii=False) + "\n"
        with open(path, "ab", buffering=0) as file:  # one write: two workers never mix lines
            file.write(line.encode())


def rows_hash(rows: list) -> str:
    """Return the sha256 of the rows' canonical JSON, so that a hand-edited result shows."""
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def compare(committed: list, fresh: list):
    """Compare rows of a fresh quick run with the committed ones.

    Parameters
    ----------
    committed, fresh : list of dict
        Rows as :func:`record` returns them. The entry's ``quick_tol`` (1e-6 if absent) is the
        allowed difference relative to the larger of the two values.

    Returns
    -------
    pandas.DataFrame
        One row an id, sorted: id, committed, fresh, tolerance, and status: "same", "drifted",
        "missing" (not in the fresh run) or "new" (not committed).

    Examples
    --------
    >>> compare([], [{"id": "w02.and.cost36", "value": 0.0993}])["status"].tolist()
    ['new']
    """
    import pandas as pd

    old, new = ({row["id"]: row["value"] for row in rows} for rows in (committed, fresh))
    table = []
    for id in sorted(old.keys() | new.keys()):
        a, b, tolerance = old.get(id), new.get(id), entries().get(id, {}).get("quick_tol", 1e-6)
        status = "new" if id not in old else "missing" if id not in new else "drifted"
        if status == "drifted" and _near(a, b, relative=tolerance):
            status = "same"
        table.append((id, a, b, tolerance, status))
    return pd.DataFrame(table, columns=["id", "committed", "fresh", "tolerance", "status"])
