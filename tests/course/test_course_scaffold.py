"""``labkit new-week`` writes a part of the course that passes every test at once."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from labkit.course import main
from labkit.course.notebook import read_lab

ROOT = Path(__file__).parents[2]
KEPT = (
    *("_toc.yml", "conftest.py", "pyproject.toml", "labs/published.yml", "labs/solutions"),
    *("labs/results", "tests/labs", "tests/conftest.py"),
)


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Make a copy of the course, with the labs of week 2 only, the working directory."""
    for name in (*KEPT, *(f"labs/{path.name}" for path in ROOT.glob("labs/week02_*.ipynb"))):
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    for path in tmp_path.glob("labs/*/week*"):
        if not path.name.startswith("week02"):
            path.unlink()
    monkeypatch.chdir(tmp_path)
    for name in ("LABKIT_PROFILE", "LABKIT_RECORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def not_run(monkeypatch):
    """Leave the labs that are written without a run."""
    monkeypatch.setattr("labkit.course.scaffold.run_lab", lambda path, **options: None)


def passes(*command):
    quiet = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=quiet, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("number", [2, 77], ids=["a second part", "a new week"])
def test_a_new_week_keeps_every_rule_runs_and_passes_its_tests(copy, number):
    assert main(["new-week", str(number), "two_words"]) == 0
    name, week = f"week{number:02d}_two_words", f"week{number:02d}"
    passes("pytest", "-q", "tests/labs/test_labs_structure.py", f"tests/book_code/test_{name}.py")
    out = passes(
        "pytest", "-q", "--nbval-lax", f"labs/{name}.ipynb", f"labs/solutions/{week}.ipynb"
    )
    assert "passed" in out
    written = [f"labs/{name}.ipynb", f"labs/solutions/{week}.ipynb", "book", "tests/book_code"]
    ours = 'lint.isort.known-first-party = ["labkit"]'
    passes("ruff", "check", "--no-cache", "--config", ours, *written)
    passes("ruff", "format", "--check", "--no-cache", *written)
    chapter = (copy / "book" / f"{name}.md").read_text(encoding="utf-8")
    assert "{{" not in chapter
    assert f"{{result}}`w{number:02d}.two_words.mean`" in chapter
    assert (copy / "book/code" / f"{name}_numpy.py").is_file()


def test_its_pages_stand_in_the_order_of_the_weeks_and_solutions_once(copy, not_run):
    for number, topic in ((77, "last"), (1, "first"), (77, "after"), (2, "between")):
        assert main(["new-week", str(number), topic]) == 0
    text = (copy / "_toc.yml").read_text(encoding="utf-8")
    pages = re.findall(r"- file: book/(week\S+)", text)
    assert [page[:6] for page in pages] == sorted(page[:6] for page in pages)
    for page in ("week01_first", "week02_between", "week77_last"):
        assert page in pages
    assert pages[-2:] == ["week77_last", "week77_after"]
    assert {text.count(f"labs/solutions/week{week}\n") for week in ("02", "77")} == {1}
    parts = {part["caption"]: part["chapters"] for part in yaml.safe_load(text)["parts"]}
    entry = next(each for each in parts["Weeks"] if each["file"] == "book/week02_between")
    assert entry["sections"] == [{"file": "labs/week02_between", "title": "Core lab: Between"}]
    published = (copy / "labs/published.yml").read_text(encoding="utf-8")
    added = [id for id in yaml.safe_load(published) if id.endswith(".mean")]
    assert added == ["w01.first.mean", "w02.between.mean", "w77.last.mean", "w77.after.mean"]
    headed = re.findall(r"^# -+ week (\d+).*\n[wa](\d\d)", published, re.M)
    assert len(headed) >= 4  # each heading still stands over its own week
    assert all(int(heading) == int(id) for heading, id in headed)


def test_exercises_of_a_second_part_go_on_counting_and_cells_keep_their_names_apart(copy, not_run):
    before = read_lab(copy / "labs/solutions/week02.ipynb").cells
    asked = "".join(path.read_text(encoding="utf-8") for path in copy.glob("labs/*.ipynb"))
    last = max(int(n) for n in re.findall(r"### Exercise 2\.(\d+)", asked))
    assert main(["new-week", "2", "demo"]) == 0
    cells = read_lab(copy / "labs/solutions/week02.ipynb").cells
    assert [cell.source for cell in cells[: len(before)]] == [cell.source for cell in before]
    assert f"### Exercise 2.{last + 1} ★" in [cell.source.split("\n")[0] for cell in cells]
    assert len({cell.id for cell in cells}) == len(cells)


def test_nothing_is_overwritten_and_a_name_must_be_a_file_name(copy, capsys):
    (copy / "book").mkdir()
    (copy / "book" / "week05_nets.md").write_text("mine")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert main(["new-week", "5", "nets"]) == 1
    assert "week05_nets.md is there; choose another topic" in capsys.readouterr().out
    for number, topic in (("5", "Nets"), ("5", "../nets"), ("100", "nets")):
        assert main(["new-week", number, topic]) == 1
        assert "expected a week from 0 to 99" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
