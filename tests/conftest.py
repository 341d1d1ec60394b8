"""A course of one small lab, for the tests of the command line and of the rules for labs."""

import shutil

import nbformat
import pytest
from hypothesis import settings
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labkit.course.bootstrap import bootstrap_cell
from labkit.course.run import run_lab

# Doctests are looked for in every module. The first two pytest loads by itself, under one name; the
# others are programs that tests start, and load a framework.
collect_ignore_glob = ["conftest.py", "*/conftest.py", "*/kill_*.py", "*/peak_*.py"]

# No test is timed: a busy machine would fail it.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

PUBLISHED = """\
w99.sum: {title: A sum, value: 3.0, unit: "", tolerance: 0.01, format: .4f, source: L}
w99.mean: {title: A mean, unit: s, format: .3f, source: ours, quick_tol: 0.1}
"""
FIGURE = {
    "image": {"alt": "A line that rises."},
    "figure": {"caption": "It rises.", "name": "fig-w99-line"},
}
# (heading or "", Markdown, code, metadata of the code cell)
PARTS = [
    ("Goal", "You will add.", None, {}),
    ("Set-up", "", "import labkit\nfrom labkit import ledger\nPROFILE = labkit.profile()", {}),
    (
        "Data",
        "",
        "row = {'id': 'seeds', 'hash': 'ab', 'source': 'starter'}\nledger.append('data', row)",
        {},
    ),
    ("Model", "", "values = [1.0, 2.00025]", {}),
    ("Train", "", "total = sum(values)\nassert total > 0", {}),
    (
        "Look",
        "",
        "import matplotlib.pyplot as plt\nline = plt.plot(values)\nplt.show()\nobject()",
        {"mystnb": FIGURE},
    ),
    (
        "Audit",
        '<a id="w99.sum"></a>\n<a id="w99.mean"></a>\nThe sum.',
        'ledger.record("w99.sum", total, verdict="reproduced", data="seeds")\n'
        'ledger.record("w99.mean", total / 2, sd=0.25, n_seeds=2)["value"]',
        {},
    ),
    ("Exercises", "### Exercise 99.1 ★\nAdd three.", None, {}),
    (
        "",
        "",
        'from labkit.check import check\nanswer = ...\ncheck("three", answer, 3, hint="One more.")',
        {"tags": ["exercise", "nbval-skip"]},
    ),
]


def build_lab():
    """Return a lab, not yet executed, that keeps every rule."""
    cells = [new_markdown_cell("# Week 99: sums\n\nCore · 5 student minutes · data: none")]
    for heading, text, code, metadata in PARTS:
        if heading:
            cells.append(new_markdown_cell(f"## {heading}\n\n{text}".strip()))
        if heading == "Set-up":
            cells.append(bootstrap_cell())
        if code:
            cells.append(new_code_cell(code, metadata=metadata))
    for n, cell in enumerate(cells):
        cell.id = f"c{n:02d}"
    facts = {"student_minutes": 5, "core": True, "needs": []}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "labkit": facts})


def write_course(folder):
    """Write the course of one lab, and return its folder."""
    (folder / "labs").mkdir(parents=True)
    (folder / "labs" / "published.yml").write_text(PUBLISHED)
    nbformat.write(build_lab(), folder / "labs" / "week99_sums.ipynb")
    return folder


@pytest.fixture
def sample_course(tmp_path, monkeypatch):
    """Make the course of one lab the working directory, and return its folder."""
    monkeypatch.chdir(write_course(tmp_path / "course"))
    for name in ("LABKIT_PROFILE", "LABKIT_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "course"


@pytest.fixture(scope="session")
def finished_course(tmp_path_factory):
    """Return the folder of that course after a full and a quick run; leave it as it is."""
    folder = write_course(tmp_path_factory.mktemp("finished") / "course")
    for profile in ("full", "quick"):
        run_lab(folder / "labs" / "week99_sums.ipynb", profile=profile)
    return folder


@pytest.fixture
def sample_copy(finished_course, tmp_path, monkeypatch):
    """Make a copy of the finished course the working directory, and return its folder."""
    shutil.copytree(finished_course, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    for name in ("LABKIT_PROFILE", "LABKIT_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "copy"
