"""The extension's reading of published values and results, without Sphinx."""

import json

import pytest
from measured.api import plain_text
from measured.editions import without_solutions
from measured.ledger import Ledger, format_value


def ledger(tmp_path, published, *rows):
    (tmp_path / "published.yml").write_text(json.dumps(published), encoding="utf-8")
    run = json.dumps({"lab": "lab", "results": list(rows)})
    (tmp_path / "lab.full.json").write_text(run, encoding="utf-8")
    return Ledger.read(tmp_path / "published.yml", tmp_path)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (12.50001, ".5f", "12.50001"),
        (-0.5, ".1f", "−0.5"),
        (52.0, "d", "52"),
        (1.25, "d", "1.25"),
        ([1, [2, 3]], "d", "[1], [2, 3]"),
        (True, ".3f", "yes"),
        ("would overfit", ".3f", "would overfit"),
        (None, ".3f", "–"),
        (121291294.749, ",.3f", "121,291,294.749"),
    ],
)
def test_values_are_printed_by_their_format(value, spec, text):
    assert format_value(value, spec) == text


def test_an_empty_published_file_is_an_empty_ledger(tmp_path):
    (tmp_path / "published.yml").write_text("# nothing yet\n", encoding="utf-8")
    empty = Ledger.read(tmp_path / "published.yml", tmp_path)
    assert empty.tally() == {}
    assert Ledger.read(tmp_path / "absent.yml", tmp_path).entries == {}


def test_an_unknown_verdict_is_refused(tmp_path):
    with pytest.raises(ValueError, match="has the verdict 'perfect'"):
        ledger(tmp_path, {"w01.a": {}}, {"id": "w01.a", "value": 1, "verdict": "perfect"})


def test_a_format_that_is_none_is_refused_with_its_id(tmp_path):
    with pytest.raises(ValueError, match=r"w01\.a has the format '\.3q'"):
        ledger(tmp_path, {"w01.a": {"format": ".3q"}})


def test_one_id_has_one_row(tmp_path):
    row = {"id": "w01.a", "value": 1}
    with pytest.raises(ValueError, match="a row from lab and one from lab"):
        ledger(tmp_path, {"w01.a": {}}, row, row)


@pytest.mark.parametrize("text", ["{", '{"lab": "x"}', "[]"])
def test_a_file_that_holds_no_results_is_named(tmp_path, text):
    (tmp_path / "bad.full.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.full\.json is not a lab's results"):
        Ledger.read(tmp_path / "published.yml", tmp_path)


def test_quick_results_are_not_read(tmp_path):
    (tmp_path / "lab.quick.json").write_text("{", encoding="utf-8")
    assert ledger(tmp_path, {}).runs.keys() == {"lab"}


def test_a_digest_changes_with_the_row_the_lab_and_the_published_value(tmp_path):
    digests = set()
    for published in ({"value": 1}, {"value": 2}):
        for value in (1.0, 1.5):
            read = ledger(tmp_path, {"w01.a": published}, {"id": "w01.a", "value": value})
            digests |= {read.digest("w01.a"), read.digest("*")}
    assert len(digests) == 8
    assert read.digest("w01.unknown") == ""


def test_weeks_come_in_order_and_audit_cases_after_results(tmp_path):
    read = ledger(tmp_path, {"a02.x": {}, "w10.y": {}, "w02.z": {}, "other": {}})
    weeks = {week: [entry.id for entry in entries] for week, entries in read.by_week().items()}
    assert weeks == {-1: ["other"], 2: ["w02.z", "a02.x"], 10: ["w10.y"]}


def test_a_table_of_contents_loses_its_solutions_and_the_lists_they_leave_empty():
    toc = {
        "root": "book/index",
        "parts": [
            {
                "caption": "Weeks",
                "chapters": [
                    {"file": "book/a", "sections": [{"file": "labs/solutions/week01"}]},
                    {"file": "book/b", "sections": [{"file": "labs/b"}]},
                ],
            }
        ],
    }
    chapters = without_solutions(toc)["parts"][0]["chapters"]
    assert chapters == [{"file": "book/a"}, {"file": "book/b", "sections": [{"file": "labs/b"}]}]


def test_docstrings_are_text_outside_code():
    lines = ["The largest |a − b|, ``x_ | y``, extra_ and snake_case.", ">>> x_ | 2"]
    plain_text(None, "function", "f", None, None, lines)
    assert lines == [
        r"The largest \|a − b\|, ``x_ | y``, extra\_ and snake_case.",
        ">>> x_ | 2",
    ]
    constant = ["The most, in bytes: a lot."]
    plain_text(None, "data", "LIMIT", None, None, constant)
    assert constant == [": The most, in bytes: a lot."]
