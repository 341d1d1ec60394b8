"""``labkit run``: fresh kernel, results and stamp after success only, byte-identical reruns."""

import base64
import struct
import zlib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from labkit.course import main
from labkit.course.bootstrap import SOURCE, bootstrap_cell
from labkit.course.notebook import (
    code_cells,
    code_hash,
    find_labs,
    normalise,
    read_lab,
    read_results,
    write_whole,
)
from labkit.course.run import LabFailed, package_hash, run_lab
from labkit.ledger import rows_hash


def lab_path(course):
    return course / "labs" / "week99_sums.ipynb"


def tree(course):
    return {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


def edit(path, old, new):
    notebook = read_lab(path)
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def test_full_run_writes_outputs_rows_and_a_whole_stamp(sample_copy):
    notebook = read_lab(lab_path(sample_copy))
    results = read_results(lab_path(sample_copy), "full")
    assert [row["id"] for row in results["results"]] == ["w99.sum", "w99.mean"]
    assert results["results"][0]["value"] == 3.00025
    stamp = results["stamp"]
    assert stamp["code"] == code_hash(notebook)
    assert len(stamp["labkit"]) == 64
    assert stamp["results_sha256"] == rows_hash(results["results"])
    assert stamp["student_minutes"] == 5
    assert stamp["peak_mb"] > 20
    assert 0 < stamp["seconds"] < 120
    assert stamp["versions"]["numpy"]
    assert results["data"] == stamp["data"]
    assert results["data"][0].items() >= {"id": "seeds", "hash": "ab", "source": "starter"}.items()
    assert any(cell.outputs for cell in code_cells(notebook))


def test_full_rerun_is_byte_identical(sample_copy):
    before = lab_path(sample_copy).read_bytes()
    rows = read_results(lab_path(sample_copy), "full")["results"]
    assert main(["run", "week99_sums", "--profile", "full"]) == 0
    assert lab_path(sample_copy).read_bytes() == before
    assert read_results(lab_path(sample_copy), "full")["results"] == rows


def test_quick_run_writes_only_the_quick_results(sample_course, capsys):
    before = tree(sample_course)
    assert main(["run", "labs/week99_sums.ipynb"]) == 0
    quick = sample_course / "labs" / "results" / "week99_sums.quick.json"
    assert set(tree(sample_course)) - set(before) == {quick}
    assert lab_path(sample_course).read_bytes() == before[lab_path(sample_course)]
    assert "2 rows" in capsys.readouterr().out


def test_no_write_leaves_every_file_as_it_is(sample_course):
    before = tree(sample_course)
    assert main(["run", "--all", "--profile", "full", "--no-write"]) == 0
    assert tree(sample_course) == before


def test_failing_cell_is_shown_with_its_number_and_nothing_is_written(sample_course, capsys):
    edit(lab_path(sample_course), "assert total > 0", 'raise OverflowError("too much")')
    before = tree(sample_course)
    assert main(["run", "week99_sums", "--profile", "full"]) == 1
    out = capsys.readouterr().out
    assert "code cell 5" in out
    assert "total = sum(values)" in out
    assert "OverflowError: too much" in out
    assert tree(sample_course) == before


def test_failing_lab_does_not_keep_the_next_from_running(sample_course, capsys):
    bad = sample_course / "labs" / "week98_bad.ipynb"
    nbformat.write(new_notebook(cells=[bootstrap_cell(), new_code_cell("1 / 0", id="x")]), bad)
    assert main(["run", "week98_bad", "week99_sums"]) == 1
    assert (sample_course / "labs" / "results" / "week99_sums.quick.json").is_file()
    assert "failed: week98_bad" in capsys.readouterr().out


def test_dead_kernel_is_told_as_such(sample_course):
    edit(lab_path(sample_course), "values = [1.0, 2.00025]", "import os\nos._exit(3)")
    with pytest.raises(LabFailed, match=r"code cell 4:(?s:.*)the kernel died"):
        run_lab(lab_path(sample_course))


def test_exercise_stub_is_not_run_and_keeps_no_output(sample_copy):
    stub = code_cells(read_lab(lab_path(sample_copy)))[-1]
    assert stub.outputs == []
    assert stub.execution_count is None


def test_lab_sees_the_profile_a_fixed_hash_seed_and_no_progress_bars(sample_course):
    code = "import os\nassert os.environ['LABKIT_PROFILE'] == PROFILE == 'full'\n"
    code += "assert os.environ['PYTHONHASHSEED'] == '0'\nassert os.environ['TQDM_DISABLE'] == '1'"
    edit(lab_path(sample_course), "values = [1.0, 2.00025]", code + "\nvalues = [1.0, 2.0]")
    run_lab(lab_path(sample_course), profile="full", write=False)


def test_figures_survive_a_matplotlib_backend_that_shows_nothing(sample_course, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    run_lab(lab_path(sample_course), profile="full")
    cells = code_cells(read_lab(lab_path(sample_course)))
    assert any("image/png" in output.get("data", {}) for c in cells for output in c.outputs)


def test_solution_keeps_outputs_and_carries_the_hash_of_its_code(sample_course):
    path = sample_course / "labs" / "solutions" / "week99.ipynb"
    path.parent.mkdir()
    nbformat.write(new_notebook(cells=[bootstrap_cell(), new_code_cell("1 + 2", id="x")]), path)
    assert main(["run", "solutions/week99", "--profile", "full"]) == 0
    notebook = read_lab(path)
    assert notebook.cells[1].outputs[0].data["text/plain"] == "3"
    assert notebook.metadata["labkit"]["code"] == code_hash(notebook)
    assert not list(sample_course.rglob("*.json"))
    assert main(["stale", "solutions/week99"]) == 0
    edit(path, "1 + 2", "1 + 3")
    assert main(["stale", "solutions/week99"]) == 1


def test_names_of_labs_are_checked_and_the_nearest_is_named(sample_course, capsys):
    assert main(["run", "week99_sum"]) == 1
    assert "nearest: week99_sums" in capsys.readouterr().out
    assert main(["run"]) == 1
    assert main(["run", "--all", "week99_sums"]) == 1
    assert find_labs() == [lab_path(sample_course)]


def test_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write_whole(file, "old")
    monkeypatch.setattr(type(file), "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(file, "new")
    assert file.read_text() == "old"


def chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def test_normalise_removes_the_native_log_lines_of_an_import():
    log = "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    log += "I0000 00:00:1795360651.536977    2097 port.cc:153] oneDNN custom operations are on.\n"
    notebook = new_notebook(
        cells=[
            new_code_cell(outputs=[new_output("stream", name="stderr", text=log)]),
            new_code_cell(outputs=[new_output("stream", name="stderr", text=log + "kept\n")]),
        ]
    )
    normalise(notebook)
    assert notebook.cells[0].outputs == []
    assert notebook.cells[1].outputs[0].text == "kept\n"


def test_normalise_removes_addresses_paths_times_and_png_texts():
    pixels = chunk(b"IHDR", b"x" * 13) + chunk(b"IDAT", b"y")
    texts, date = chunk(b"tEXt", b"Software\0v"), chunk(b"tIME", b"1234567")
    noisy = b"\x89PNG\r\n\x1a\n" + texts + pixels + date
    cell = new_code_cell("f()", id="a", metadata={"execution": {"a": "1"}, "tags": ["t"]})
    text = "/tmp/ipykernel_17/9.py:3: UserWarning at 0x7f00aa\n/x/lib/site-packages/np/a.py:5"
    cell.outputs = [
        new_output("stream", name="stderr", text=text),
        new_output("display_data", data={"image/png": base64.b64encode(noisy).decode()}),
        new_output("display_data", data={"text/plain": "<f at 0x10>", "text/html": "<b>at 5</b>"}),
    ]
    notebook = new_notebook(cells=[cell], metadata={"language_info": {"name": "x", "version": "3"}})
    normalise(notebook)
    assert cell.outputs[0].text == "cell:3: UserWarning\nnp/a.py:5"
    quiet = b"\x89PNG\r\n\x1a\n" + pixels
    assert base64.b64decode(cell.outputs[1].data["image/png"]) == quiet
    assert cell.outputs[2].data == {"text/plain": "<f>", "text/html": "<b>at 5</b>"}
    assert cell.metadata == {"tags": ["t"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    once = nbformat.writes(notebook)
    normalise(notebook)
    assert nbformat.writes(notebook) == once


def test_code_hash_ignores_outputs_prose_bootstrap_and_stubs_but_no_code(sample_copy):
    path = lab_path(sample_copy)
    before = code_hash(read_lab(path))
    for old, new in (("You will add", "You add"), (SOURCE, "pass"), ("answer = ...", "answer = 1")):
        edit(path, old, new)
        assert code_hash(read_lab(path)) == before
    edit(path, "sum(values)", "sum(values) ")
    assert code_hash(read_lab(path)) != before


def test_package_hash_moves_with_code_and_catalogue_but_not_with_the_command_line(
    tmp_path, monkeypatch
):
    for name in ("course/run.py", "data/catalogue.yml", "metrics.py", "published.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a")
    monkeypatch.setattr("labkit.course.run.__file__", str(tmp_path / "course" / "run.py"))
    before = package_hash()
    for name in ("course/run.py", "published.yml", "notes.txt"):
        (tmp_path / name).write_text("b")
        assert package_hash() == before
    for name in ("data/catalogue.yml", "metrics.py", "new.py"):
        (tmp_path / name).write_text("b")
        assert package_hash() != before
        before = package_hash()


def test_progress_is_silent_when_no_terminal_is_there(sample_course, capfd):
    main(["run", "week99_sums", "--no-write"])
    assert capfd.readouterr().err == ""
