"""``labkit reproduce ID`` and ``labkit compare FILE``: fresh numbers beside the committed ones."""

import json
from pathlib import Path

from labkit.course.notebook import find_labs, read_lab, read_results
from labkit.course.run import run_lab
from labkit.ledger import compare, published, reproduces, spread
from labkit.profile import PROFILES, say


def lab_of(id: str) -> Path:
    """Return the lab that records an id: the one whose Markdown holds its anchor.

    Raises
    ------
    KeyError
        If the id is not published.
    LookupError
        If no lab holds its anchor.
    """
    published(id)
    for path in find_labs():
        if any(f'<a id="{id}">' in cell.source for cell in read_lab(path).cells):
            return path
    raise LookupError(f'expected a lab with the anchor <a id="{id}"></a>, found none')


def _row(rows, id):
    return next((row for row in rows if row["id"] == id), None)


def reproduce(id: str, *, profile: str = "quick") -> int:
    """Rerun the lab that records an id, and say published, committed and yours.

    Parameters
    ----------
    id : str
        An id of ``labs/published.yml``.
    profile : {"quick", "full", "gpu"}
        What to rerun.

    Returns
    -------
    int
        0 if yours agrees with the committed value of this profile (or with the published value,
        if none is committed), else 1.
    """
    path, entry = lab_of(id), published(id)
    say(f"{id}: {entry.get('title', '')} (lab {path.stem})")
    yours = _row(run_lab(path, profile=profile, write=False)["results"], id)
    if yours is None:
        raise LookupError(f"expected {path.stem} to record {id} under {profile}, but it did not")
    results = {name: read_results(path, name) for name in PROFILES}
    committed = {name: _row(each["results"], id) for name, each in results.items() if each}
    say(f"published          {entry.get('value', 'none: we measure it first')}")
    for name, row in committed.items():
        if row:
            say(f"committed ({name:5s})  {row['value']}")
    say(f"yours     ({profile:5s})  {yours['value']}")
    verdicts = []
    if committed.get(profile):
        status = compare([committed[profile]], [yours])["status"][0]
        verdicts.append(status == "same" or (profile != "quick" and _within(yours, committed)))
        say(f"yours and the committed {profile} value agree: {'yes' if verdicts[0] else 'no'}")
    if entry.get("value") is not None:
        allowed = spread(yours, entry)
        how = "as printed" if allowed is None else f"within {allowed}"
        verdicts.append(reproduces(yours, entry))
        say(f"yours and the published value agree ({how}): {'yes' if verdicts[-1] else 'no'}")
    return 0 if not verdicts or verdicts[0] else 1


def _within(yours, committed):
    """Return whether yours lies within 2 sd of a committed full or gpu value."""
    row = committed[yours["profile"]]
    return row["sd"] is not None and reproduces(row, {"value": yours["value"]})


def drift(file: Path, labs=()) -> int:
    """Compare the rows that a quick run recorded with the committed ones, as a table.

    Parameters
    ----------
    file : Path
        The JSON lines that ``LABKIT_RECORD`` named during the run.
    labs : sequence of str
        Only these labs; by default all.

    Returns
    -------
    int
        0 if every id is there and unchanged, else 1.
    """
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    fresh = [row for row in lines if row["kind"] == "row"]
    paths, committed = find_labs(labs), []
    for path in paths:
        committed += (read_results(path, "quick") or {"results": []})["results"]
    if labs:
        fresh = [row for row in fresh if lab_of(row["id"]) in paths]
    table = compare(committed, fresh)
    moved = table[table["status"] != "same"]
    say(table.to_string(index=False, max_colwidth=40))
    say(f"{len(table)} ids compared, {len(moved)} moved")
    return 0 if moved.empty else 1
