"""nbval with this course's conftest.py: quick deaths, first faults first, stubs, no network."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from labkit.course.notebook import read_lab

ROOT = Path(__file__).parents[2]


def nbval(course, *words, prefix=(), **environment):
    shutil.copy(ROOT / "conftest.py", course / "conftest.py")
    (course / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    command = [sys.executable, "-m", "pytest", "-rxXs", "--nbval-lax", "labs", *words]
    done = subprocess.run(
        [*prefix, *command, "--nbval-cell-timeout", "60"],
        cwd=course,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def edit(course, old, new):
    path = course / "labs" / "week99_sums.ipynb"
    notebook = read_lab(path)
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def test_lab_passes_records_quick_rows_and_skips_its_stub(sample_copy):
    code, out = nbval(sample_copy, LABKIT_RECORD="fresh.jsonl")
    assert code == 0, out
    assert "7 passed, 1 skipped" in out
    lines = [json.loads(line) for line in (sample_copy / "fresh.jsonl").read_text().splitlines()]
    assert [line["id"] for line in lines] == ["seeds", "w99.sum", "w99.mean"]
    assert {line["profile"] for line in lines[1:]} == {"quick"}


def test_profile_of_the_environment_wins(sample_copy):
    edit(sample_copy, "values = [1.0", "assert PROFILE == 'full'; values = [1.0")
    code, out = nbval(sample_copy, LABKIT_PROFILE="full")
    assert code == 0, out


def test_dead_kernel_is_noticed_long_before_the_timeout(sample_copy):
    edit(sample_copy, "values = [1.0, 2.00025]", "import os; os._exit(1)")
    start = time.monotonic()
    code, out = nbval(sample_copy)
    assert code == 1
    assert "the kernel died while this cell ran" in out
    assert time.monotonic() - start < 30
    assert "1 failed" in out


def test_first_failure_xfails_the_rest_of_the_notebook(sample_copy):
    edit(sample_copy, "assert total > 0", "1 / 0")
    code, out = nbval(sample_copy)
    assert code == 1
    assert "1 failed, 4 passed, 3 xfailed" in out
    assert "Cell 4 of this notebook failed" in out


def test_stub_that_fails_with_a_hint_passes_on_request(sample_copy):
    code, out = nbval(sample_copy, LABKIT_STUBS="1")
    assert code == 0, out
    assert "8 passed" in out


def test_stub_that_passes_or_fails_otherwise_or_gives_no_hint_is_caught(sample_copy):
    notebook = read_lab(sample_copy / "labs" / "week99_sums.ipynb")
    stub = notebook.cells[-1]
    sources = {
        "week97_other": "undefined_name",
        "week98_blunt": stub.source.replace(', hint="One more."', ""),
        "week99_sums": stub.source.replace("...", "3"),
    }
    for name, source in sources.items():
        stub.source = source
        nbformat.write(notebook, sample_copy / "labs" / f"{name}.ipynb")
    code, out = nbval(sample_copy, LABKIT_STUBS="1")
    assert code == 1
    assert "expected the stub to fail its check with a hint; it passed" in out
    assert "NameError" in out
    assert "3 failed, 21 passed" in out


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_two_workers_run_labs_in_a_bare_network_namespace(sample_copy):
    probe = subprocess.run(["unshare", "-rn", "true"], capture_output=True)
    if probe.returncode:
        pytest.skip("this system allows no user namespaces")
    first = sample_copy / "labs" / "week99_sums.ipynb"
    shutil.copy(first, first.with_name("week98_sums.ipynb"))
    words = ("-n", "2", "--dist", "loadscope")
    code, out = nbval(sample_copy, *words, prefix=["unshare", "-rn"])
    assert code == 0, out
    assert "14 passed" in out
