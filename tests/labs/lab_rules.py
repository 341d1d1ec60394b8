"""What every lab must keep. Each rule takes notebooks and returns the faults it found, in words."""

import ast
import base64
import copy
import json
import re

from labkit.course.bootstrap import SOURCE
from labkit.course.notebook import code_cells, code_hash, normalise, tags
from labkit.ledger import rows_hash

HEADINGS = ("Goal", "Set-up", "Data", "Model", "Train", "Look", "Audit", "Exercises")
MACHINE = re.compile(r"(?<![\w.])(?:/home/|/root/|/work/|/tmp/|/Users/)|[A-Z]:\\+Users")
ID = re.compile(r'<a id="([wa]\d\d\.[A-Za-z0-9_.-]+)">')
STAMP = (
    *("code", "labkit", "data", "seconds", "student_minutes", "peak_mb", "versions", "date"),
    *("profile", "results_sha256"),
)


def markdown(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def is_exercise(cell):
    return "exercise" in tags(cell)


def images(cell):
    return [
        (kind, content)
        for output in cell.get("outputs", ())
        for kind, content in output.get("data", {}).items()
        if kind.startswith("image/")
    ]


def headings_in_order(notebook):
    found = [h for text in markdown(notebook) for h in re.findall(r"^## +(.+?) *$", text, re.M)]
    return [] if found == list(HEADINGS) else [f"expected the headings {HEADINGS}, got {found}"]


def cells_are_short(notebook):
    lengths = [(n, len(c.source.splitlines())) for n, c in enumerate(code_cells(notebook), 1)]
    return [f"code cell {n} has {k} lines, at most 15 are allowed" for n, k in lengths if k > 15]


def bootstrap_is_canonical(notebook):
    first = code_cells(notebook)[0]
    faults = [] if first.source == SOURCE else ["the first code cell is not the bootstrap cell"]
    hidden = tags(first) & {"remove-input", "hide-input", "remove-cell", "hide-cell"}
    if "bootstrap" not in tags(first) or not hidden:
        faults.append("the bootstrap cell lacks the tags bootstrap and remove-input")
    return faults


def profile_in_second_cell(notebook):
    second = code_cells(notebook)[1].source
    found = re.search(r"^PROFILE = labkit\.profile\(", second, re.M)
    return [] if found else ["the second code cell lacks PROFILE = labkit.profile()"]


def asserts_something(notebook):
    found = any(
        re.search(r"^\s*assert\b", c.source, re.M)
        for c in code_cells(notebook)
        if not is_exercise(c)
    )
    return [] if found else ["no cell asserts anything"]


def no_error_outputs(notebook):
    return [
        f"code cell {n} shows an error: {output.ename}"
        for n, cell in enumerate(code_cells(notebook), 1)
        for output in cell.outputs
        if output.output_type == "error"
    ]


def no_machine_paths(notebook):
    faults = []
    for n, cell in enumerate(notebook.cells, 1):
        texts = [cell.source]
        for output in cell.get("outputs", ()):
            texts += [output.get("text", ""), *output.get("traceback", ())]
            texts += [str(v) for k, v in output.get("data", {}).items() if k != "image/png"]
        found = [match[0] for text in texts for match in MACHINE.finditer(text)]
        faults += [f"cell {n} holds a path of a machine: {path}" for path in found]
    return faults


def figures_are_described(notebook):
    faults, names = [], []
    for n, cell in enumerate(code_cells(notebook), 1):
        if images(cell):
            described = cell.metadata.get("mystnb", {})
            figure = described.get("figure", {})
            names.append(figure.get("name", ""))
            if not described.get("image", {}).get("alt"):
                faults.append(f"code cell {n}: a figure without alt text")
            if not figure.get("caption") or not names[-1].startswith("fig-"):
                faults.append(f"code cell {n}: a figure without a caption and a name fig-…")
    twice = {name for name in names if names.count(name) > 1}
    return faults + [f"two figures are named {name}" for name in sorted(twice)]


def figures_are_small(notebook):
    faults = []
    for n, cell in enumerate(code_cells(notebook), 1):
        for kind, content in images(cell):
            size = len(base64.b64decode(content)) if kind == "image/png" else len(content)
            if size > 150_000:
                faults.append(f"code cell {n}: a figure of {size / 1000:.0f} kB; 150 are allowed")
    size = len(json.dumps(notebook, ensure_ascii=False, indent=1).encode())
    too_large = size > 1_500_000
    return faults + [f"the notebook has {size / 1e6:.1f} MB; 1.5 are allowed"] * too_large


def no_path_tricks(notebook):
    found = [
        (n, match[0])
        for n, cell in enumerate(code_cells(notebook), 1)
        for match in re.finditer(r"\bsys\.path\b|^\s*%cd\b|\bos\.chdir\b", cell.source, re.M)
    ]
    return [f"code cell {n} uses {trick}" for n, trick in found]


def counts_are_consecutive(notebook):
    run = [c for c in code_cells(notebook) if not is_exercise(c) and c.source.strip()]
    counts = [cell.execution_count for cell in run]
    right = list(range(1, len(run) + 1))
    return [] if counts == right else [f"expected the execution counts 1…{len(run)}, got {counts}"]


def is_normalised(notebook):
    fresh = copy.deepcopy(notebook)
    normalise(fresh)
    same = fresh == notebook
    return [] if same else ["the file was not written by labkit run; run it with --profile full"]


def header_states_facts(notebook):
    facts, header = notebook.metadata.get("labkit", {}), markdown(notebook)[0]
    faults = [] if header.startswith("# ") else ["the first Markdown cell has no # title"]
    if not isinstance(facts.get("core"), bool) or not isinstance(facts.get("needs"), list):
        return [*faults, "metadata labkit lacks core (true or false) or needs (a list)"]
    minutes = facts.get("student_minutes")
    if not isinstance(minutes, int) or not 0 < minutes <= 90:
        faults.append(f"metadata labkit: expected student_minutes from 1 to 90, got {minutes}")
    if not re.search(rf"\b{minutes}\b[^\n]{{0,20}}\bmin|\bmin[^\n]{{0,20}}\b{minutes}\b", header):
        faults.append(f"the header does not say {minutes} student minutes")
    kind = "core" if facts["core"] else "further"
    if kind not in header.lower():
        faults.append(f"the header does not say that the lab is {kind}")
    faults += [f"the header does not mention {w}" for w in ("data",) if w not in header.lower()]
    return faults


def exercises_are_tagged(notebook):
    faults, waiting = [], None
    for n, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            for title in re.findall(r"^#{2,3} +(.+)$", cell.source, re.M):
                if waiting:
                    faults.append(f"{waiting}: no stub cell follows")
                waiting = title if title.startswith("Exercise ") else None
        elif cell.cell_type == "code":
            if bool(tags(cell) & {"exercise"}) != bool(tags(cell) & {"nbval-skip"}):
                faults.append(f"cell {n}: the tags exercise and nbval-skip belong together")
            if is_exercise(cell) and (cell.outputs or cell.execution_count is not None):
                faults.append(f"cell {n}: an exercise's stub keeps no output")
            if is_exercise(cell) and "check" not in cell.source:
                faults.append(f"cell {n}: an exercise's stub does not end in its check")
            waiting = None if is_exercise(cell) else waiting
    return faults + ([f"{waiting}: no stub cell follows"] if waiting else [])


NOTEBOOK_RULES = (
    *(headings_in_order, cells_are_short, bootstrap_is_canonical, profile_in_second_cell),
    *(asserts_something, no_error_outputs, no_machine_paths, figures_are_described),
    *(figures_are_small, no_path_tricks, counts_are_consecutive, is_normalised),
    *(header_states_facts, exercises_are_tagged),
)
SOLUTION_RULES = (
    *(cells_are_short, bootstrap_is_canonical, no_error_outputs, no_machine_paths),
    *(figures_are_described, figures_are_small, no_path_tricks, counts_are_consecutive),
    is_normalised,
)


def recorded_ids(notebook):
    """Return a dict from each id that stands in a call of record to its first cell's index."""
    found = {}
    for n, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or is_exercise(cell) or "bootstrap" in tags(cell):
            continue
        plain = re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.M)
        for node in ast.walk(ast.parse(plain)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            if name == "record" and isinstance(node.args[0], ast.Constant):
                found.setdefault(node.args[0].value, n)
    return found


def ids_are_anchored(notebook, results, published):
    """Check that each recorded id is published and has its anchor in the Markdown before."""
    anchors = {}
    for n, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for id in ID.findall(cell.source):
                anchors.setdefault(id, n)
    written, rows = recorded_ids(notebook), {row["id"] for row in results["results"]}
    faults = [f"{id}: recorded, but not in published.yml" for id in sorted(rows - set(published))]
    for id in sorted(rows | set(written)):
        if id not in anchors:
            faults.append(f'{id}: no Markdown cell holds <a id="{id}"></a>')
        elif anchors[id] > written.get(id, len(notebook.cells)):
            faults.append(f"{id}: its anchor stands after the cell that records it")
    faults += [
        f"{id}: the lab records it, but no row is there" for id in sorted(set(written) - rows)
    ]
    return faults + [f"{id}: an anchor, but no row" for id in sorted(set(anchors) - rows)]


def results_belong_to_code(notebook, results, *, profile="full"):
    """Check a lab's results file: it is there, whole, untouched, and made by today's code."""
    if results is None:
        return [f"no {profile} results: labkit run LAB --profile {profile}"]
    stamp = results.get("stamp")
    if not stamp:
        return ["the results have no stamp"]
    faults = [f"the stamp lacks {key}" for key in STAMP if key not in stamp]
    if stamp.get("results_sha256") != rows_hash(results["results"]):
        faults.append("the rows were changed by hand: results_sha256 does not fit")
    if {results.get("profile"), stamp.get("profile")} != {profile}:
        faults.append(f"expected the profile {profile}, got {stamp.get('profile')}")
    if any(row["profile"] != profile for row in results["results"]):
        faults.append(f"a row is of another profile than {profile}")
    if profile == "full" and stamp.get("code") != code_hash(notebook):
        faults.append("the code changed since the committed run: labkit run LAB --profile full")
    return faults


def ids_are_unique(results_by_lab):
    """Check that no id is recorded twice, in one lab or in two."""
    seen, faults = {}, []
    for lab, results in results_by_lab.items():
        for row in results["results"]:
            if row["id"] in seen:
                faults.append(f"{row['id']}: recorded in {seen[row['id']]} and in {lab}")
            seen[row["id"]] = lab
    return faults


def exercises_have_solutions(labs, solutions):
    """Check that each exercise of a week's labs has its solution, under the same number."""
    number = re.compile(r"^### +(Exercise [\d.]+)", re.M)
    asked = {n for lab in labs for text in markdown(lab) for n in number.findall(text)}
    solved = (
        {n for text in markdown(solutions) for n in number.findall(text)} if solutions else set()
    )
    return [f"{n}: asked, but not solved" for n in sorted(asked - solved)] + [
        f"{n}: solved, but not asked" for n in sorted(solved - asked)
    ]


# ------------------------------------------------------------------------ numbers typed in prose
_PROSE_DIRECTIVES = (
    r"note|tip|warning|important|hint|seealso|admonition|exercise|solution|dropdown|margin|sidebar"
    r"|tab-set|tab-item|grid|card|list-table|table|epigraph|figure|prf:\w+|exercise-start"
    r"|solution-start|widget|glossary"
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:[,\u202f\u2009]\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w|\.\d)"
)


def printed_numbers(rows, published, *, week=None):
    """Return what a page would print for each value with three significant digits or more.

    On the page of a week ("03") three digits are enough for the week's own results; of the others
    it takes four, since among hundreds of results some three digits agree by chance.
    """
    found = {}
    for row in rows:
        digits = 3 if week is None or row["id"][1:3] == week else 4
        style = published[row["id"]].get("format", "")
        for value in (row["value"], published[row["id"]].get("value")):
            for number in _numbers(value):
                shown = format(round(number) if style.endswith("d") else number, style)
                for text in (_plain(shown), _plain(str(number))):
                    if _digits(text) >= digits:
                        found[text] = row["id"]
    return found


def _numbers(value):
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [] if isinstance(value, str | bool | None) else [value]


def _plain(text):
    return re.sub(r"[,\s\u202f\u2009%]", "", text).lstrip("-\u2212+")


def _digits(text):
    mantissa = re.split("[eE]", text)[0]
    if "." not in mantissa:
        mantissa = mantissa.rstrip("0")
    return len(mantissa.replace(".", "").lstrip("0"))


def _blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def prose(text):
    """Return a page with its code, maths, roles, options and link targets blanked out."""
    text = re.sub(r"\A---\n.*?\n---\n", _blank, text, flags=re.S)
    kept, fences = [], []  # fences: (marker, whether its content is prose)
    for line in text.split("\n"):
        mark = re.match(r"\s*(`{3,}|:{3,}|~{3,})(.*)", line)
        if mark and fences and mark[2].strip() == "" and mark[1] == fences[-1][0]:
            fences.pop()
            kept.append("")
        elif mark and (not fences or fences[-1][1]):
            is_prose = re.match(rf"\{{(?:{_PROSE_DIRECTIVES})\}}", mark[2].strip())
            fences.append((mark[1], bool(is_prose)))
            kept.append("")
        elif fences and (not fences[-1][1] or re.match(r"\s*:[\w-]+:", line)):
            kept.append("")
        else:
            kept.append(line)
    text = "\n".join(kept)
    for pattern in (
        r"<!--.*?-->",
        r"\$\$.*?\$\$",
        r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}",
        r"(?:\{[\w:-]+\})?(`+)(?!`).+?(?<!`)\1(?!`)",
        r"(?<!\\)\$[^$\n]*(?:\n[^$\n]+)?(?<!\\)\$",
        r"\]\([^)\n]*\)",
        r"https?://\S+",
        r"^\(.*\)=$",
    ):
        text = re.sub(pattern, _blank, text, flags=re.S | re.M)
    return text


def typed_numbers(text, printed):
    """Return a fault for each line whose prose types a number that a lab measured."""
    faults = []
    for n, line in enumerate(prose(text).split("\n"), 1):
        for match in _NUMBER.finditer(line):
            number = _plain(match[0])
            if number in printed:
                role = f"{{result}}`{printed[number]}`"
                faults.append(f"line {n}: {match[0].strip()} is typed; use {role} or {{published}}")
    return faults
