"""Every lab keeps the rules of lab_rules.py; parametrised over the labs that are there."""

import json
from pathlib import Path

import lab_rules
import pytest

from labkit import ledger
from labkit.course.notebook import code_hash, read_lab, read_results

ROOT = Path(__file__).parents[2]
LABS = sorted((ROOT / "labs").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "labs" / "solutions").glob("*.ipynb"))
RESULTS = sorted((ROOT / "labs" / "results").glob("*.json"))
WEEKS = sorted({path.name[:6] for path in LABS if path.name.startswith("week")})
PAGES = sorted((ROOT / "book").glob("*.md"))


def named(paths):
    return [pytest.param(path, id=path.stem) for path in paths]


@pytest.fixture(autouse=True)
def in_the_course(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", named(LABS))
@pytest.mark.parametrize("rule", lab_rules.NOTEBOOK_RULES, ids=lambda rule: rule.__name__)
def test_lab_keeps_the_rule(path, rule):
    assert rule(read_lab(path)) == []


@pytest.mark.parametrize("path", named(SOLUTIONS))
@pytest.mark.parametrize("rule", lab_rules.SOLUTION_RULES, ids=lambda rule: rule.__name__)
def test_solution_keeps_the_rule(path, rule):
    assert rule(read_lab(path)) == []


@pytest.mark.parametrize("path", named(SOLUTIONS))
def test_solution_outputs_belong_to_its_code(path):
    notebook = read_lab(path)
    assert notebook.metadata.get("labkit", {}).get("code") == code_hash(notebook)


@pytest.mark.parametrize("week", WEEKS)
def test_each_exercise_of_a_week_has_its_solution(week):
    labs = [read_lab(path) for path in LABS if path.name.startswith(week)]
    solution = next((read_lab(path) for path in SOLUTIONS if path.stem == week), None)
    assert lab_rules.exercises_have_solutions(labs, solution) == []


@pytest.mark.parametrize("profile", ["quick", "full"])
@pytest.mark.parametrize("path", named(LABS))
def test_committed_results_belong_to_the_code_of_the_lab(path, profile):
    results = read_results(path, profile)
    assert lab_rules.results_belong_to_code(read_lab(path), results, profile=profile) == []


@pytest.mark.parametrize("path", named(LABS))
def test_recorded_ids_are_published_and_anchored(path):
    results = read_results(path, "full") or {"results": []}
    assert lab_rules.ids_are_anchored(read_lab(path), results, ledger.entries()) == []


def test_ids_are_recorded_once():
    found = {path.stem: read_results(path, "full") for path in LABS}
    assert lab_rules.ids_are_unique({k: v for k, v in found.items() if v}) == []


@pytest.mark.parametrize("path", named(RESULTS))
def test_results_file_is_untouched_and_has_its_lab(path):
    results = json.loads(path.read_text(encoding="utf-8"))
    assert results["stamp"]["results_sha256"] == ledger.rows_hash(results["results"])
    assert (ROOT / "labs" / f"{results['lab']}.ipynb").is_file()
    assert path.name == f"{results['lab']}.{results['profile']}.json"
    assert lab_rules.MACHINE.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("path", named(PAGES))
def test_prose_types_no_number_that_a_lab_measured(path):
    rows = []
    for file in RESULTS:
        if not file.name.endswith(".quick.json"):
            rows += json.loads(file.read_text(encoding="utf-8"))["results"]
    week = path.stem[4:6] if path.stem.startswith("week") else None
    printed = lab_rules.printed_numbers(rows, ledger.entries(), week=week)
    assert lab_rules.typed_numbers(path.read_text(encoding="utf-8"), printed) == []
