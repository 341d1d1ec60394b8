"""A sweep gives one row a setting, in order, whatever was killed, failed or done before."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import filelock
import joblib
import numpy as np
import pytest
import threadpoolctl
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.train import sweep
from labkit.train.sweep import rows_of

HERE = Path(__file__).parent
SETTINGS = [{"rate": rate, "seed": seed} for rate in (0.1, 1e-5) for seed in (0, 1, 2)]


def product(rate, seed):
    return {"value": rate * seed}


def place(n):
    return {"pid": os.getpid(), "main": threading.current_thread().name == "MainThread"}


def lines(n, path):
    return {"seen": len(rows_of(path))}


def threads(x):
    pools = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    return {"most": max(pools, default=1), "told": os.environ["OMP_NUM_THREADS"]}


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_come_in_the_order_of_the_settings(tmp_path, workers):
    table = sweep(product, SETTINGS, path=tmp_path / "new" / "rows.jsonl", workers=workers)
    assert table.columns.tolist() == ["rate", "seed", "value", "seconds"]
    assert table[["rate", "seed"]].to_dict("records") == SETTINGS
    assert table["value"].tolist() == [s["rate"] * s["seed"] for s in SETTINGS]


def test_what_is_done_is_not_done_again_and_what_is_new_is(tmp_path):
    path, calls = tmp_path / "rows.jsonl", []

    def function(**setting):
        calls.append(setting)
        return product(**setting)

    sweep(function, SETTINGS[1:3], path=path)
    table = sweep(function, SETTINGS, path=path)
    assert calls == [*SETTINGS[1:3], SETTINGS[0], *SETTINGS[3:]]
    assert table[["rate", "seed"]].to_dict("records") == SETTINGS
    assert len(rows_of(path)) == len(SETTINGS)
    assert sweep(function, SETTINGS[4:5], path=path)["seed"].tolist() == [1]
    assert len(calls) == len(SETTINGS)


def test_the_order_of_names_and_numpys_types_make_no_other_setting(tmp_path):
    path = tmp_path / "rows.jsonl"
    sweep(product, [{"rate": np.float64(0.5), "seed": np.int64(1)}], path=path)
    sweep(lambda **_: pytest.fail("done"), [{"seed": 1, "rate": 0.5}], path=path)
    with pytest.raises(ValueError, match=r'"seed":1} twice; add a seed'):
        sweep(product, [{"seed": 1, "rate": 2}, {"rate": np.int64(2), "seed": 1}], path=path)


@settings(max_examples=25)
@given(st.lists(st.dictionaries(st.text(max_size=3), st.floats() | st.text() | st.none())))
def test_results_come_back_from_the_file_as_they_went(results):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.jsonl")
        numbers = [{"setting": n} for n in range(len(results))]
        results = [{f"r{k}": v for k, v in result.items()} for result in results]
        sweep(lambda setting: results[setting], numbers, path=path)
        # repr, since NaN differs from itself
        assert [repr(row["result"]) for row in rows_of(path)] == [repr(r) for r in results]


@pytest.mark.parametrize("cut", [1, 2, 7, 40])
def test_a_torn_last_line_is_left_out_and_done_again(tmp_path, cut):
    path = tmp_path / "rows.jsonl"
    sweep(product, SETTINGS, path=path)
    raw = path.read_bytes()
    path.write_bytes(raw[:-cut])
    assert len(rows_of(path)) == len(SETTINGS) - 1
    table = sweep(product, SETTINGS, path=path)
    assert table["value"].tolist() == [s["rate"] * s["seed"] for s in SETTINGS]
    lines = [json.loads(line)["setting"] for line in path.read_text().splitlines()]
    assert lines == SETTINGS


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_is_reported_with_its_setting_and_costs_no_other_row(tmp_path, workers):
    path = tmp_path / "rows.jsonl"

    def fragile(rate, seed):
        if seed == 1:
            raise FloatingPointError("the loss is inf")
        return product(rate, seed)

    message = r'2 of 6 settings failed.*\n.*"rate":0.1,"seed":1}: FloatingPointError: the loss is'
    with pytest.raises(RuntimeError, match=message):
        sweep(fragile, SETTINGS, path=path, workers=workers)
    assert {row["setting"]["seed"] for row in rows_of(path)} == {0, 2}
    assert len(sweep(product, SETTINGS, path=path)) == 6
    assert len(rows_of(path)) == 6


@pytest.mark.parametrize("result", [None, 3.0, {"seed": 1}, {"seconds": 1}])
def test_a_result_must_be_a_dict_of_new_names(tmp_path, result):
    with pytest.raises(RuntimeError, match=r"expected a dict of other names than .'rate', 'seed'"):
        sweep(lambda **_: result, SETTINGS[:1], path=tmp_path / "rows.jsonl")


@pytest.mark.parametrize("workers", [1, 2])
def test_each_worker_has_one_thread(tmp_path, monkeypatch, workers):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with threadpoolctl.threadpool_limits(2):
        table = sweep(threads, [{"x": x} for x in range(4)], path=tmp_path / "r", workers=workers)
    assert table["most"].tolist() == [1] * 4
    assert table["told"].tolist() == ["1"] * 4
    assert os.environ["OMP_NUM_THREADS"] == "2"


def test_large_arrays_are_shared_with_the_workers(tmp_path):
    def kind(n, x):
        return {"kind": type(x).__name__, "sum": float(x.sum())}

    x = np.ones((600, 500))
    options = {"path": tmp_path / "rows.jsonl", "workers": 2, "fixed": {"x": x}}
    table = sweep(kind, [{"n": n} for n in range(3)], **options)
    assert table["kind"].tolist() == ["memmap"] * 3
    assert table["sum"].tolist() == [300_000.0] * 3


@pytest.mark.parametrize("backend", ["threading", "multiprocessing"])
def test_a_backend_that_is_set_outside_does_the_work(tmp_path, backend):
    with joblib.parallel_config(backend=backend):
        table = sweep(place, [{"n": n} for n in range(5)], path=tmp_path / "r", workers=2)
    here = backend == "threading"
    assert (table["pid"] == os.getpid()).tolist() == [here] * 5
    assert not (here and table["main"].any())
    assert len(rows_of(tmp_path / "r")) == 5


def test_a_backend_that_answers_by_the_list_is_asked_for_short_ones(tmp_path):
    options = {"path": tmp_path / "r", "workers": 2, "fixed": {"path": str(tmp_path / "r")}}
    with joblib.parallel_config(backend="multiprocessing"):
        table = sweep(lines, [{"n": n} for n in range(5)], **options)
    assert table["seen"].tolist() == [0, 0, 2, 2, 4]


def test_two_sweeps_on_one_file_are_refused(tmp_path):
    with (
        filelock.FileLock(tmp_path / "r.lock"),
        pytest.raises(RuntimeError, match=r"alone with .*another sweep is at work"),
    ):
        sweep(product, SETTINGS, path=tmp_path / "r")


def test_the_bar_counts_what_is_done_and_is_silent_unless_asked(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    sweep(product, SETTINGS[:2], path=tmp_path / "r")
    assert capsys.readouterr() == ("", "")
    sweep(product, SETTINGS, path=tmp_path / "r", progress=True)
    shown = capsys.readouterr().err
    assert "2/6" in shown
    assert "6/6" in shown


@pytest.mark.parametrize("text", ["a,b\n1,2\n", '{"a": 1}\n', "[1]\n", "3\n"])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"expected the rows of a sweep in .*another path"):
        sweep(product, SETTINGS, path=path)
    assert path.read_text() == text


def test_a_sweep_killed_at_twenty_moments_loses_and_doubles_no_row(tmp_path):
    command = [sys.executable, HERE / "kill_sweep.py", tmp_path, "20"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert len(found["ends"]) >= 15  # the others ended before their kill came
    assert json.loads(found["whole"]) == [[[x, x * x] for x in range(8)], list(range(8))]
    assert set(found["ends"]) == {found["whole"]}


SLOW = """
import sys, time
from labkit.train import sweep
def slow(x):
    time.sleep(0.05)
    return {"y": x * x}
sweep(slow, [{"x": x} for x in range(100)], path=sys.argv[1], workers=2)
"""


def test_workers_killed_with_their_parent_lose_and_double_no_row(tmp_path):
    path, settings = tmp_path / "rows.jsonl", [{"x": x} for x in range(100)]
    with subprocess.Popen([sys.executable, "-c", SLOW, path], start_new_session=True) as parent:
        while len(rows_of(path)) < 3 and parent.poll() is None:
            time.sleep(0.02)
        os.killpg(parent.pid, signal.SIGKILL)
    assert 3 <= len(rows_of(path)) < 100
    table = sweep(lambda x: {"y": x * x}, settings, path=path)
    assert table["y"].tolist() == [x * x for x in range(100)]
    lines = [json.loads(line)["setting"]["x"] for line in path.read_text().splitlines()]
    assert sorted(lines) == list(range(100))
