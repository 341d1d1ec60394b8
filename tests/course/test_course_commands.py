"""The other commands: stale, reproduce, compare, set-repository, student, data, doctor."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

from labkit.course import doctor, main
from labkit.course.bootstrap import SOURCE
from labkit.course.notebook import code_cells, read_lab
from labkit.course.repository import PLACES, repository_url, slug
from labkit.course.student import without_solutions

ROOT = Path(__file__).parents[2]


def edit_results(course, profile, change):
    path = course / "labs" / "results" / f"week99_sums.{profile}.json"
    results = json.loads(path.read_text())
    change(results)
    path.write_text(json.dumps(results))


# ---------------------------------------------------------------------------------------- stale
def test_stale_is_content_with_fresh_outputs(sample_copy, capsys):
    assert main(["stale"]) == 0
    assert "every committed output belongs to today's code" in capsys.readouterr().out


def test_stale_names_the_reason_and_the_cost(sample_copy, capsys):
    edit_results(sample_copy, "full", lambda r: r["stamp"].update(code="0", seconds=90.0))
    edit_results(sample_copy, "full", lambda r: r["data"][0].update(pins="0"))
    assert main(["stale"]) == 1
    out = capsys.readouterr().out
    assert "stale: code, data seeds  week99_sums (90.0 s)" in out
    assert "about 1.5 min" in out


def test_stale_lists_another_labkit_without_complaint(sample_copy, capsys):
    edit_results(sample_copy, "full", lambda r: r["stamp"].update(labkit="abcdef0123456789"))
    assert main(["stale"]) == 0
    assert "made with labkit abcdef012345  week99_sums" in capsys.readouterr().out


def test_stale_tells_a_lab_that_never_ran(sample_course, capsys):
    assert main(["stale"]) == 1
    assert "never run" in capsys.readouterr().out


# ------------------------------------------------------------------------- reproduce and compare
def test_reproduce_prints_published_committed_and_yours(sample_copy, capsys):
    assert main(["reproduce", "w99.sum"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"published +3\.0\n", out)
    assert re.search(r"committed \(full +\) +3\.00025\n", out)
    assert re.search(r"committed \(quick *\) +3\.00025\n", out)
    assert re.search(r"yours +\(quick *\) +3\.00025\n", out)
    assert "agree (within 0.01): yes" in out


def test_reproduce_exits_1_if_yours_has_drifted(sample_copy, capsys):
    edit_results(sample_copy, "quick", lambda r: r["results"][0].update(value=3.001))
    assert main(["reproduce", "w99.sum"]) == 1
    assert "committed quick value agree: no" in capsys.readouterr().out


def test_reproduce_suggests_the_nearest_id(sample_copy, capsys):
    assert main(["reproduce", "w99.summ"]) == 1
    assert "nearest: w99.sum" in capsys.readouterr().out


def test_reproduce_says_so_if_no_lab_has_the_anchor(sample_copy, capsys):
    published = sample_copy / "labs" / "published.yml"
    published.write_text(published.read_text() + "w99.none: {title: Nothing}\n")
    assert main(["reproduce", "w99.none"]) == 1
    assert "expected a lab with the anchor" in capsys.readouterr().out


def recorded(course, **changes):
    text = (course / "labs" / "results" / "week99_sums.quick.json").read_text()
    lines = [json.dumps({"kind": "data", "id": "x", "hash": "", "source": "starter"})]
    for row in json.loads(text)["results"]:
        row["value"] = changes.get(row["id"].split(".")[1], row["value"])
        if row["value"] is not None:
            lines.append(json.dumps({"kind": "row", **row}))
    (course / "fresh.jsonl").write_text("\n".join(lines) + "\n")
    return str(course / "fresh.jsonl")


def test_compare_passes_what_has_not_moved(sample_copy, capsys):
    assert main(["compare", recorded(sample_copy)]) == 0
    assert "2 ids compared, 0 moved" in capsys.readouterr().out


def test_compare_fails_on_a_drifted_and_on_a_missing_id(sample_copy, capsys):
    assert main(["compare", recorded(sample_copy, sum=3.001)]) == 1
    assert re.search(r"w99\.sum .*drifted", capsys.readouterr().out)
    assert main(["compare", recorded(sample_copy, sum=None), "week99_sums"]) == 1
    assert re.search(r"w99\.sum .*missing", capsys.readouterr().out)


def test_compare_fails_on_an_id_that_is_not_committed(sample_copy, capsys):
    file = recorded(sample_copy)
    edit_results(sample_copy, "quick", lambda r: r["results"].pop())
    assert main(["compare", file]) == 1
    assert re.search(r"w99\.mean .*new", capsys.readouterr().out)


# -------------------------------------------------------------------------------- set-repository
@pytest.fixture
def addressed(sample_course):
    (sample_course / "_config.yml").write_text(
        'repository:\n  url: "https://github.com/OWNER/REPO"\n'
    )
    (sample_course / "README.md").write_text(
        "[Colab](https://colab.research.google.com/github/OWNER/REPO/blob/main/labs/a.ipynb)\n"
        "![](https://mybinder.org/v2/gh/OWNER/REPO/main) git+https://github.com/OWNER/REPO.git\n"
        "NO/OWNER/REPOS stays\n"
    )
    return sample_course


def test_set_repository_rewrites_every_place_and_can_do_it_again(addressed):
    for new in ("ada/course", "OWNER/REPO"):
        assert main(["set-repository", f"https://github.com/{new}"]) == 0
        assert repository_url(addressed) == f"https://github.com/{new}"
        readme = (addressed / "README.md").read_text()
        assert len(re.findall(rf"{new}\b", readme)) == 3
        assert "NO/OWNER/REPOS stays" in readme
        first = code_cells(read_lab(addressed / "labs" / "week99_sums.ipynb"))[0]
        assert first.source == SOURCE.replace("OWNER/REPO", new)


def test_set_repository_refuses_what_colab_cannot_open(addressed, capsys):
    assert main(["set-repository", "https://example.org/ada/course"]) == 1
    assert "expected https://github.com/OWNER/REPO" in capsys.readouterr().out
    assert slug("https://github.com/ada/course/") == "ada/course"


def test_all_places_of_the_course_name_the_same_repository():
    wanted = slug(repository_url(ROOT))
    named = re.compile(
        r"(?:git\+https://github\.com/|colab\.research\.google\.com/github/|mybinder\.org/v2/gh/"
        r"|REPOSITORY = .https://github\.com/)([\w.-]+/[\w-]+)"
    )
    found = {
        (path.name, slugs)
        for place in PLACES
        for path in ROOT.glob(place)
        for slugs in named.findall(path.read_text(encoding="utf-8"))
    }
    assert ("bootstrap.py", wanted) in found
    assert {slugs for _, slugs in found} <= {wanted, "{REPOSITORY}"}


# --------------------------------------------------------------------------------------- student
def test_student_copy_holds_no_solution(sample_copy, tmp_path):
    solutions = sample_copy / "labs" / "solutions"
    solutions.mkdir()
    nbformat.write(nbformat.v4.new_notebook(), solutions / "week99.ipynb")
    (sample_copy / "book").mkdir()
    chapter = "Why?\n\n:::{solution} ex-1\nBecause.\n:::\n\nNext.\n"
    (sample_copy / "book" / "week99.md").write_text(chapter)
    toc = {
        "root": "book/index",
        "parts": [
            {
                "caption": "Week 99",
                "chapters": [
                    {"file": "book/week99", "sections": [{"file": "labs/solutions/week99"}]},
                    {"file": "labs/week99_sums"},
                ],
            }
        ],
    }
    (sample_copy / "_toc.yml").write_text(yaml.safe_dump(toc))
    (sample_copy / "untracked.txt").write_text("mine")
    for command in (["init", "-q"], ["add", "_toc.yml", "book", "labs"]):
        subprocess.run(["git", "-C", str(sample_copy), *command], check=True)
    out = tmp_path / "student"
    assert main(["student", str(out)]) == 0
    assert not list(out.rglob("*solution*"))
    assert (out / "book" / "week99.md").read_text() == "Why?\n\n\nNext.\n"
    chapters = yaml.safe_load((out / "_toc.yml").read_text())["parts"][0]["chapters"]
    assert chapters == [{"file": "book/week99", "sections": []}, {"file": "labs/week99_sums"}]
    assert (out / "labs" / "week99_sums.ipynb").is_file()
    assert not (out / "untracked.txt").exists()
    assert main(["student", str(out)]) == 1


def test_student_copy_needs_git(sample_course, tmp_path, capsys):
    assert main(["student", str(tmp_path / "out")]) == 1
    assert "expected a git working copy" in capsys.readouterr().out


@pytest.mark.parametrize(
    "block",
    [
        "```{solution} ex-1\nBecause.\n```\n",
        ":::{solution} ex-1\n:class: dropdown\n\n```python\nx\n```\nSo.\n:::\n",
        "````{solution} ex-1\n```python\nx\n```\n````\n",
        "```{solution-start} ex-1\n```\nLong\n\n```python\nx\n```\n\n```{solution-end}\n```\n",
    ],
)
def test_solution_blocks_are_cut_out_and_nothing_else(block):
    assert without_solutions(f"Before.\n{block}After.\n") == "Before.\nAfter.\n"
    kept = "```{exercise}\n:label: ex-1\nWhy?\n```\n"
    assert without_solutions(kept + block) == kept


# ------------------------------------------------------------------------------------------ data
def test_data_list_shows_the_catalogue(capsys):
    assert main(["data", "list"]) == 0
    out = capsys.readouterr().out
    assert "mnist" in out
    assert "licence" in out


@pytest.mark.parametrize("command", ["fetch", "verify"])
def test_data_commands_suggest_the_nearest_id_and_fetch_nothing(command, capsys):
    assert main(["data", command, "mnits"]) == 1
    assert "mnist" in capsys.readouterr().out


def test_data_fetch_reports_each_set_and_goes_on_after_a_failure(monkeypatch, capsys):
    def fetch(id):
        if id == "mnist":
            raise OSError("no source answered")

    monkeypatch.setattr("labkit.data.fetch.fetch", fetch)
    assert main(["data", "fetch", "mnist", "fashion_mnist"]) == 1
    assert capsys.readouterr().out == "mnist: no source answered\nfashion_mnist: fetched\n"
    assert main(["data", "fetch", "fashion_mnist"]) == 0


def test_data_verify_without_ids_checks_everything(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr("labkit.data.fetch.verify", asked.append)
    assert main(["data", "verify"]) == 0
    assert asked == [None]


# ---------------------------------------------------------------------------------------- doctor
@pytest.fixture
def probes(monkeypatch, tmp_path):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LABKIT_PROFILE", raising=False)
    fake = {"Fine": ('version, devices = "1.0", ["CPU"]\n', "")}
    monkeypatch.setattr(doctor, "_PROBES", fake)
    return fake


def test_doctor_is_content_where_labs_run(probes, capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for words in ("Python 3.", "Fine 1.0: CPU", "profile: quick", "cache: ", "sets, "):
        assert words in out
    assert out.endswith("labs can run here\n")


def test_doctor_names_each_broken_framework_and_its_remedy(probes, capsys):
    probes["Broken"] = ('raise ImportError("libfoo.so is missing")\n', "install foo")
    probes["Crashing"] = ("import os; os._exit(9)\n", "install bar")
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "STOP  Broken cannot be imported: ImportError: libfoo.so is missing" in out
    assert "→ install foo" in out
    assert "STOP  Crashing cannot be imported: exit code 9" in out
    assert "Fine 1.0" in out


def test_doctor_does_not_wait_for_a_framework_that_hangs(probes, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_SECONDS", 0.5)
    probes.clear()
    probes["Hanging"] = ("import time; time.sleep(60)\n", "")
    assert main(["doctor"]) == 0
    assert "note  Hanging did not start within 0.5 s" in capsys.readouterr().out


def test_doctor_finds_a_wrong_profile_and_a_cache_it_cannot_write(probes, monkeypatch, capsys):
    file = Path(doctor.os.environ["LABKIT_CACHE"])
    file.write_text("no folder")
    monkeypatch.setenv("LABKIT_PROFILE", "fast")
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "STOP  LABKIT_PROFILE=fast" in out
    assert "set LABKIT_CACHE to a folder of yours" in out


# ------------------------------------------------------------------------------------- the parser
def test_help_of_every_command_exits_0_and_an_unknown_one_2(capsys):
    for words in ([], ["data"], ["run"], ["reproduce"], ["doctor"], ["student"], ["compare"]):
        with pytest.raises(SystemExit) as end:
            main([*words, "--help"])
        assert end.value.code == 0
    with pytest.raises(SystemExit) as end:
        main(["dance"])
    assert end.value.code == 2


def test_command_line_starts_without_a_framework_or_jupyter():
    code = (
        "import sys, labkit.course\nlabkit.course._parser()\n"
        "heavy = {'torch', 'keras', 'tensorflow', 'pandas', 'nbformat', 'nbclient'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == ""
