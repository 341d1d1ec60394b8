"""``labkit new-week``: a chapter, its lab and all that belongs to them, to be filled in.

The pieces stand in ``templates``. In a notebook's template a line ``# %% markdown`` or
``# %% code {metadata}`` begins a cell.
"""

import json
import re
from pathlib import Path

from labkit.course.bootstrap import bootstrap_cell
from labkit.course.notebook import course_root, read_lab, write_whole
from labkit.course.run import run_lab
from labkit.profile import say

_CELL = re.compile(r"^# %% (bootstrap|markdown|code) *(\{.*\})?\n", re.M)
# An entry of published.yml; a chapter, or a part after the weeks, of _toc.yml.
_PLACE = re.compile(r"[wa](\d\d)\.| *- file: book/week(\d\d)_|  - caption: (?!Start|Weeks)")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def new_week(number: int, topic: str) -> int:
    """Write a chapter, a lab, its solution, an entry, code with a test; run the lab.

    Everything passes its tests at once. A week that is there gets one more part: its solutions
    gain a section, and its exercises go on counting.

    Parameters
    ----------
    number : int
        The week, 0 to 99.
    topic : str
        One word for file names and labels, such as "perceptron".

    Returns
    -------
    int
        0.

    Raises
    ------
    ValueError
        If the week or the topic cannot be part of a file name.
    FileExistsError
        If a file of that name is there: nothing is overwritten.
    """
    if not 0 <= number <= 99 or not re.fullmatch(r"[a-z][a-z0-9_]*", topic):
        raise ValueError(
            "expected a week from 0 to 99 and a topic of small letters, digits and underscores, "
            f"got {number} and {topic!r}"
        )
    root, week = course_root(), f"week{number:02d}"
    name, title, slug = f"{week}_{topic}", topic.replace("_", " "), topic.replace("_", "-")
    words = {"number": str(number), "week": week, "name": name, "title": title.capitalize()}
    words |= {"slug": slug, "id": f"w{number:02d}.{topic}.mean"}
    words["exercise"] = f"{number}.{_last_exercise(root, number) + 1}"
    lab, solutions = root / f"labs/{name}.ipynb", root / f"labs/solutions/{week}.ipynb"
    files = {root / f"book/{name}.md": "chapter", root / f"book/code/{name}_numpy.py": "code"}
    files[root / f"tests/book_code/test_{name}.py"] = "test"
    for path in (*files, lab):
        if path.exists():
            raise FileExistsError(f"expected a new name, {path} is there; choose another topic")
    for path, template in files.items():
        write_whole(path, _filled(template, words))
    _write_notebook(lab, _cells("lab", words), core=True, needs=[], student_minutes=45)
    page, answers, facts = _filled("toc", words), _cells("solutions", words), {}
    if solutions.exists():
        there, page = read_lab(solutions), "".join(page.splitlines(keepends=True)[:4])
        heading = next(n for n, cell in enumerate(answers) if cell.source.startswith("## "))
        answers, facts = there.cells + answers[heading:], there.metadata.get("labkit", {})
    _write_notebook(solutions, answers, **facts)
    for place, new in (("labs/published.yml", _filled("published", words)), ("_toc.yml", page)):
        text = (root / place).read_text(encoding="utf-8")
        write_whole(root / place, _with_week(text, number, new))
    for path, profile in ((lab, "full"), (lab, "quick"), (solutions, "full")):
        run_lab(path, profile=profile)
    say(f"written: {', '.join(str(path.relative_to(root)) for path in (*files, lab, solutions))}")
    say("examples to edit were added to labs/published.yml and _toc.yml")
    return 0


def _filled(template, words):
    """Return a template with each word in double braces replaced."""
    text = Path(__file__).with_name("templates").joinpath(f"{template}.txt").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: words[match[1]], text)


def _cells(template, words):
    """Return the cells of a notebook's template, each with an id of its own."""
    from nbformat.v4 import new_code_cell, new_markdown_cell

    make = {"code": new_code_cell, "markdown": new_markdown_cell}
    parts, cells = iter(_CELL.split(_filled(template, words))[1:]), []
    for kind, facts, source in zip(parts, parts, parts, strict=True):
        rest = {"id": f"{words['slug']}-{len(cells):02d}", "metadata": json.loads(facts or "{}")}
        cells.append(make[kind](source.strip(), **rest) if kind in make else bootstrap_cell())
    return cells


def _write_notebook(path, cells, **facts):
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"labkit": facts})
    notebook.metadata |= {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    write_whole(path, nbformat.writes(notebook) + "\n")


def _last_exercise(root, number):
    """Return the highest number of the week's exercises so far; 0 if there are none."""
    texts = [path.read_text("utf-8") for path in root.glob(f"labs/week{number:02d}_*.ipynb")]
    asked = re.findall(rf"### Exercise {number}\.(\d+)", "".join(texts))
    return max(map(int, asked), default=0)


def _with_week(text, number, new):
    """Return a file of the course with new lines after those of the week and of earlier ones."""
    lines = text.splitlines(keepends=True)
    found = ((n, _PLACE.match(line)) for n, line in enumerate(lines))
    weeks = ((n, int(match[1] or match[2] or 100)) for n, match in found if match)
    at = next((n for n, week in weeks if week > number), len(lines))
    while 0 < at < len(lines) and lines[at - 1].lstrip()[:1] in ("#", ""):
        at -= 1
    return "".join([*lines[:at], new, *lines[at:]])
