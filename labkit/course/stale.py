"""``labkit stale``: which labs changed since their committed run, and what a rerun will cost."""

from pathlib import Path

from labkit.course.notebook import code_hash, find_labs, read_lab, read_results
from labkit.course.run import data_pins, package_hash
from labkit.profile import say


def staleness(path: Path) -> dict:
    """Compare a lab with its committed full run.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    dict
        "reasons": list of str, empty if the outputs belong to today's code and data;
        "made_with": hash of another labkit that made them, or None; "seconds": cost of a rerun.
    """
    notebook, state = read_lab(path), {"reasons": [], "made_with": None, "seconds": None}
    if path.parent.name == "solutions":
        fresh = notebook.metadata.get("labkit", {}).get("code") == code_hash(notebook)
        return state if fresh else state | {"reasons": ["code"]}
    results = read_results(path, "full")
    if results is None:
        return state | {"reasons": ["never run"]}
    stamp = results["stamp"]
    reasons = ["code"] if stamp["code"] != code_hash(notebook) else []
    moved = [row["id"] for row in results["data"] if row["pins"] != data_pins(row["id"])]
    reasons += [f"data {id}" for id in moved]
    other = stamp["labkit"] if stamp["labkit"] != package_hash() else None
    return {"reasons": reasons, "made_with": other, "seconds": stamp["seconds"]}


def report(labs=()) -> int:
    """Say a line for each lab that a rerun would change; return 1 if outputs are out of date."""
    cost, stale = 0.0, 0
    for path in find_labs(labs, solutions=True):
        state = staleness(path)
        price = "cost unknown" if state["seconds"] is None else f"{state['seconds']} s"
        if state["reasons"]:
            stale, cost = stale + 1, cost + (state["seconds"] or 0)
            say(f"stale: {', '.join(state['reasons'])}  {path.stem} ({price})")
        elif state["made_with"]:
            say(f"made with labkit {state['made_with'][:12]}  {path.stem} ({price})")
    if stale:
        say(f"{stale} to rerun, about {cost / 60:.1f} min: labkit run LAB --profile full")
    else:
        say("every committed output belongs to today's code and data")
    return 1 if stale else 0
