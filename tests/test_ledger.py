"""labkit.ledger: rows are JSON, verdicts are checked, nothing is written unasked."""

import copy
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import labkit
from labkit import ledger

PUBLISHED = """\
w99.cost: {title: A cost, value: [1.0, 0.5], unit: nat, tolerance: 0.01, source: L}
w99.spread: {title: An accuracy, value: 0.9, unit: "", source: H}
w99.printed: {title: As printed, value: 0.099, unit: "", format: .3f, source: D}
w99.word: {title: A claim, value: would overfit, unit: "", source: A}
w99.ours: {title: Ours, unit: s, source: ours, quick_tol: 0.1}
"""


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "published.yml").write_text(PUBLISHED)
    monkeypatch.chdir(tmp_path / "labs")
    monkeypatch.delenv("LABKIT_RECORD", raising=False)
    return tmp_path


@pytest.fixture
def in_profile(monkeypatch):
    def choose(name):
        monkeypatch.setenv("LABKIT_PROFILE", name)
        labkit.profile()

    yield choose
    monkeypatch.delenv("LABKIT_PROFILE")
    labkit.profile()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    st.lists,
    max_leaves=8,
)


@given(json_values.filter(lambda v: "Infinity" not in json.dumps(v)))
def test_plain_leaves_a_json_value_as_it_is(value):
    assert ledger.plain(value) == value
    assert json.loads(json.dumps(ledger.plain(value))) == value


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.sampled_from(["f4", "f8", "i8"]))
def test_plain_turns_numpy_into_numbers_that_json_returns_exactly(values, kind):
    array = np.array(values).astype(kind)
    back = json.loads(json.dumps(ledger.plain(array)))
    assert np.array_equal(np.array(back, kind), array)
    assert ledger.plain(array[0]) == array[0]


@pytest.mark.parametrize("value", [np.nan, np.inf, [1.0, -np.inf], np.array([np.nan])])
def test_record_refuses_values_that_are_not_finite(value):
    with pytest.raises(ValueError, match="expected a finite value"):
        ledger.record("w99.ours", value)


def test_record_refuses_what_json_cannot_hold():
    with pytest.raises(TypeError, match="expected a number, text"):
        ledger.record("w99.ours", {"a": 1})


def test_record_returns_a_row_with_every_field_of_the_ledger():
    row = ledger.record("w99.ours", np.float32(0.5), sd=np.float64(0.1), n_seeds=5, data="mnist")
    assert row == {
        "id": "w99.ours",
        "value": 0.5,
        "unit": "s",
        "n_seeds": 5,
        "sd": 0.1,
        "interval": None,
        "data": "mnist",
        "source": "ours",
        "profile": "quick",
        "departures": [],
        "verdict": None,
        "why": "",
        "cell": "w99.ours",
        "published": None,
    }


def test_record_writes_nothing_unless_a_file_is_named(course):
    before = sorted(course.rglob("*"))
    ledger.record("w99.ours", 1)
    assert sorted(course.rglob("*")) == before


def test_record_appends_one_whole_line_a_row(course, monkeypatch):
    monkeypatch.setenv("LABKIT_RECORD", str(course / "rows.jsonl"))
    rows = [ledger.record("w99.ours", n, why="größer") for n in range(3)]
    lines = (course / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"kind": "row", **row} for row in rows]


def test_unknown_id_names_the_nearest():
    with pytest.raises(KeyError, match=r"got 'w99.csot'; nearest: w99\.cost"):
        ledger.record("w99.csot", 1)


def test_another_unit_is_refused():
    with pytest.raises(ValueError, match="expected the unit 'nat', got 'bit'"):
        ledger.record("w99.cost", [1.0, 0.5], unit="bit", verdict="reproduced")


def test_unknown_verdict_is_refused():
    with pytest.raises(ValueError, match="expected a verdict among reproduced"):
        ledger.record("w99.cost", [1.0, 0.5], verdict="confirmed")


def test_published_value_needs_a_verdict_and_an_own_value_has_none_to_match():
    with pytest.raises(ValueError, match="expected a verdict, since"):
        ledger.record("w99.cost", [1.0, 0.5])
    with pytest.raises(ValueError, match="expected no verdict"):
        ledger.record("w99.ours", 1.0, verdict="reproduced")


@pytest.mark.parametrize("verdict", ["corrected", "different", "not comparable"])
def test_verdict_that_disagrees_needs_a_reason(verdict):
    with pytest.raises(ValueError, match="expected why="):
        ledger.record("w99.cost", [1.0, 0.9], verdict=verdict)
    ledger.record("w99.cost", [1.0, 0.9], verdict=verdict, why="Other weights.")


def test_value_may_be_missing_only_if_not_run():
    with pytest.raises(ValueError, match="expected a value, got None"):
        ledger.record("w99.cost", None, verdict="close")
    assert ledger.record("w99.cost", None, verdict="not run")["value"] is None


@pytest.mark.parametrize("profile", ["full", "gpu"])
def test_reproduced_outside_the_tolerance_is_refused_in_full_and_gpu(profile, in_profile):
    in_profile(profile)
    ledger.record("w99.cost", [1.009, 0.495], verdict="reproduced")
    with pytest.raises(ValueError, match=r"within 0\.01 of the published"):
        ledger.record("w99.cost", [1.0, 0.52], verdict="reproduced")


def test_quick_keeps_a_verdict_that_only_full_can_show():
    assert ledger.record("w99.cost", [3.0, 2.0], verdict="reproduced")["verdict"] == "reproduced"


def test_without_tolerance_two_standard_deviations_decide(in_profile):
    in_profile("full")
    ledger.record("w99.spread", 0.88, sd=0.011, n_seeds=5, verdict="reproduced")
    with pytest.raises(ValueError, match="'reproduced'"):
        ledger.record("w99.spread", 0.87, sd=0.011, n_seeds=5, verdict="reproduced")


def test_without_tolerance_and_spread_both_must_print_alike(in_profile):
    in_profile("full")
    ledger.record("w99.printed", 0.0993, verdict="reproduced")
    with pytest.raises(ValueError, match="'reproduced'"):
        ledger.record("w99.printed", 0.0996, verdict="reproduced")
    ledger.record("w99.word", "would overfit", verdict="reproduced")
    with pytest.raises(ValueError, match="'reproduced'"):
        ledger.record("w99.word", "does not", verdict="reproduced")


def test_a_list_of_another_length_is_not_reproduced(in_profile):
    in_profile("full")
    with pytest.raises(ValueError, match="'reproduced'"):
        ledger.record("w99.cost", [1.0], verdict="reproduced")


def test_published_entry_cannot_be_changed_by_its_reader():
    ledger.published("w99.cost")["value"] = "spoilt"
    assert ledger.published("w99.cost")["value"] == [1.0, 0.5]


def test_published_file_is_read_again_after_a_change(course):
    ledger.entries()
    file = course / "labs" / "published.yml"
    file.write_text("w99.new: {title: New}\n")
    os.utime(file, ns=(1, 1))
    assert list(ledger.entries()) == ["w99.new"]


def test_published_file_is_found_above_or_in_the_repository(course, monkeypatch, tmp_path_factory):
    deep = course / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert ledger.published_file() == course / "labs" / "published.yml"
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    repository = Path(labkit.__file__).parents[1]
    assert ledger.published_file() == repository / "labs" / "published.yml"


def test_installed_package_falls_back_to_its_own_copy(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("site") / "labkit"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(ledger, "__file__", str(folder / "ledger.py"))
    assert ledger.published_file() == folder / "published.yml"


def rows(**values):
    return [{"id": f"w99.{name}", "value": value} for name, value in values.items()]


def status(committed, fresh):
    table = ledger.compare(committed, fresh)
    return dict(zip(table["id"], table["status"], strict=True))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_compare_calls_equal_values_the_same(values):
    assert status(rows(cost=values), rows(cost=list(values))) == {"w99.cost": "same"}


def test_compare_finds_drift_missing_and_new():
    found = status(rows(cost=[1.0, 0.5], spread=0.9), rows(cost=[1.0, 0.50001], word="x"))
    assert found == {"w99.cost": "drifted", "w99.spread": "missing", "w99.word": "new"}


def test_compare_uses_the_tolerance_of_the_id_relative_to_the_size():
    assert status(rows(ours=100.0, cost=1.0), rows(ours=109.0, cost=1.0 + 9e-7)) == {
        "w99.ours": "same",
        "w99.cost": "same",
    }
    assert status(rows(ours=100.0), rows(ours=112.0)) == {"w99.ours": "drifted"}


def test_compare_sees_other_shapes_words_and_missing_values():
    assert status(rows(cost=[1.0, 2.0]), rows(cost=[1.0]))["w99.cost"] == "drifted"
    assert status(rows(cost=[1.0, 1.0]), rows(cost=1.0))["w99.cost"] == "drifted"
    assert status(rows(word="a"), rows(word="b"))["w99.word"] == "drifted"
    assert status(rows(word=None), rows(word=None))["w99.word"] == "same"


@given(st.lists(st.fixed_dictionaries({"id": st.text(), "value": st.floats(-1, 1)}), min_size=1))
def test_rows_hash_survives_json_and_moves_with_any_value(some):
    assert ledger.rows_hash(json.loads(json.dumps(some))) == ledger.rows_hash(some)
    other = copy.deepcopy(some)
    other[0]["value"] += 1e-3
    assert ledger.rows_hash(other) != ledger.rows_hash(some)


def test_rows_hash_ignores_the_order_of_the_fields():
    rows = [{"id": "a", "value": 1}], [{"value": 1, "id": "a"}]
    assert ledger.rows_hash(rows[0]) == ledger.rows_hash(rows[1])
