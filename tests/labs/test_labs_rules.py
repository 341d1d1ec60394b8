"""The rules for labs let a good lab pass and reject each kind of broken one."""

import base64
import json

import lab_rules
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from labkit.course.notebook import code_cells, read_lab, read_results


@pytest.fixture
def path(sample_copy):
    return sample_copy / "labs" / "week99_sums.ipynb"


@pytest.fixture
def lab(path):
    return read_lab(path)


@pytest.fixture
def results(path):
    return read_results(path, "full")


@pytest.fixture
def entries(path):
    return yaml.safe_load((path.parent / "published.yml").read_text())


def cell_with(lab, text):
    return next(cell for cell in lab.cells if text in cell.source)


def test_a_finished_lab_keeps_every_rule(lab, results, entries, path):
    for rule in lab_rules.NOTEBOOK_RULES:
        assert rule(lab) == [], rule.__name__
    assert lab_rules.results_belong_to_code(lab, results) == []
    quick = read_results(path, "quick")
    assert lab_rules.results_belong_to_code(lab, quick, profile="quick") == []
    assert lab_rules.ids_are_anchored(lab, results, entries) == []
    assert lab_rules.ids_are_unique({"a": results}) == []


def missing_heading(lab):
    lab.cells.remove(cell_with(lab, "## Look"))


def swapped_headings(lab):
    cell_with(lab, "## Data").source = "## Model"


def long_cell(lab):
    code_cells(lab)[3].source = "x = 1\n" * 16


def other_bootstrap(lab):
    code_cells(lab)[0].source += "\nimport torch"


def shown_bootstrap(lab):
    code_cells(lab)[0].metadata.tags = ["bootstrap"]


def no_profile(lab):
    code_cells(lab)[1].source = "import labkit"


def no_assertion(lab):
    cell_with(lab, "assert total").source = "total = sum(values)"


def error_output(lab):
    code_cells(lab)[2].outputs = [new_output("error", ename="ValueError", evalue="", traceback=[])]


def path_in_source(lab):
    code_cells(lab)[2].source = "open('/home/ada/data.csv')"


def windows_path_in_output(lab):
    text = "saved in C:\\Users\\ada\\lab"
    code_cells(lab)[2].outputs = [new_output("stream", name="stdout", text=text)]


def figure_without_alt(lab):
    del cell_with(lab, "plt.show").metadata["mystnb"]["image"]


def figure_without_caption(lab):
    cell_with(lab, "plt.show").metadata["mystnb"]["figure"].caption = ""


def heavy_figure(lab):
    cell = cell_with(lab, "plt.show")
    png = base64.b64encode(bytes(200_000)).decode()
    cell.outputs.append(new_output("display_data", data={"image/png": png}))


def heavy_notebook(lab):
    code_cells(lab)[2].outputs = [new_output("stream", name="stdout", text="x" * 1_600_000)]


def path_trick(lab):
    code_cells(lab)[2].source = "import sys\nsys.path.append('..')"


def gap_in_counts(lab):
    code_cells(lab)[3].execution_count = 9


def cell_without_count(lab):
    code_cells(lab)[3].execution_count = None


def saved_by_jupyter(lab):
    lab.metadata.language_info = {"name": "python", "version": "3.11.7"}


def no_minutes(lab):
    del lab.metadata["labkit"]["student_minutes"]


def other_minutes_in_header(lab):
    lab.metadata["labkit"]["student_minutes"] = 20


def exercise_without_stub(lab):
    lab.cells.insert(-2, new_markdown_cell("### Exercise 99.0 ★\nThink."))
    lab.cells.insert(-2, new_markdown_cell("### Hint"))


def last_exercise_without_stub(lab):
    lab.cells.append(new_markdown_cell("### Exercise 99.2 ★\nThink."))


def stub_that_nbval_runs(lab):
    lab.cells[-1].metadata.tags = ["exercise"]


def stub_with_output(lab):
    lab.cells[-1].outputs = [new_output("stream", name="stdout", text="✓")]


def stub_without_check(lab):
    lab.cells[-1].source = "answer = ..."


BROKEN = [
    (lab_rules.headings_in_order, missing_heading),
    (lab_rules.headings_in_order, swapped_headings),
    (lab_rules.cells_are_short, long_cell),
    (lab_rules.bootstrap_is_canonical, other_bootstrap),
    (lab_rules.bootstrap_is_canonical, shown_bootstrap),
    (lab_rules.profile_in_second_cell, no_profile),
    (lab_rules.asserts_something, no_assertion),
    (lab_rules.no_error_outputs, error_output),
    (lab_rules.no_machine_paths, path_in_source),
    (lab_rules.no_machine_paths, windows_path_in_output),
    (lab_rules.figures_are_described, figure_without_alt),
    (lab_rules.figures_are_described, figure_without_caption),
    (lab_rules.figures_are_small, heavy_figure),
    (lab_rules.figures_are_small, heavy_notebook),
    (lab_rules.no_path_tricks, path_trick),
    (lab_rules.counts_are_consecutive, gap_in_counts),
    (lab_rules.counts_are_consecutive, cell_without_count),
    (lab_rules.is_normalised, saved_by_jupyter),
    (lab_rules.header_states_facts, no_minutes),
    (lab_rules.header_states_facts, other_minutes_in_header),
    (lab_rules.exercises_are_tagged, exercise_without_stub),
    (lab_rules.exercises_are_tagged, last_exercise_without_stub),
    (lab_rules.exercises_are_tagged, stub_that_nbval_runs),
    (lab_rules.exercises_are_tagged, stub_with_output),
    (lab_rules.exercises_are_tagged, stub_without_check),
]


@pytest.mark.parametrize(("rule", "break_it"), BROKEN, ids=[b.__name__ for _, b in BROKEN])
def test_rule_rejects_a_broken_lab(lab, rule, break_it):
    assert rule(lab) == []
    break_it(lab)
    assert rule(lab) != []


def test_every_notebook_rule_has_been_seen_to_fail():
    assert {rule for rule, _ in BROKEN} == set(lab_rules.NOTEBOOK_RULES)


def test_changed_cell_makes_committed_results_stale(lab, results):
    cell_with(lab, "values = ").source = "values = [1.0, 2.5]"
    assert any("code changed" in fault for fault in lab_rules.results_belong_to_code(lab, results))


def test_changed_bootstrap_or_exercise_makes_nothing_stale(lab, results):
    other_bootstrap(lab)
    stub_without_check(lab)
    assert lab_rules.results_belong_to_code(lab, results) == []


def test_hand_edited_result_is_caught(lab, results):
    results["results"][0]["value"] = 3.0
    assert any("by hand" in fault for fault in lab_rules.results_belong_to_code(lab, results))


def test_missing_results_stamp_or_field_is_caught(lab, results):
    assert lab_rules.results_belong_to_code(lab, None) != []
    del results["stamp"]["peak_mb"]
    assert lab_rules.results_belong_to_code(lab, results) == ["the stamp lacks peak_mb"]
    del results["stamp"]
    assert lab_rules.results_belong_to_code(lab, results) == ["the results have no stamp"]


def test_quick_rows_cannot_pass_as_full_ones(lab, path):
    quick = read_results(path, "quick")
    assert any("profile" in fault for fault in lab_rules.results_belong_to_code(lab, quick))


def test_id_without_anchor_or_published_entry_is_caught(lab, results, entries):
    entries.pop("w99.mean")
    cell = cell_with(lab, '<a id="w99.sum">')
    cell.source = cell.source.replace('<a id="w99.sum"></a>', "")
    faults = lab_rules.ids_are_anchored(lab, results, entries)
    assert [fault.split(":")[0] for fault in faults] == ["w99.mean", "w99.sum"]


def test_anchor_after_its_cell_is_caught(lab, results, entries):
    n = lab.cells.index(cell_with(lab, '<a id="w99.sum">'))
    lab.cells[n], lab.cells[n + 1] = lab.cells[n + 1], lab.cells[n]
    assert len(lab_rules.ids_are_anchored(lab, results, entries)) == 2


def test_recorded_id_without_row_is_caught(lab, results, entries):
    results["results"].pop()
    assert any("no row" in fault for fault in lab_rules.ids_are_anchored(lab, results, entries))


def test_id_in_two_labs_is_caught(results):
    assert len(lab_rules.ids_are_unique({"a": results, "b": results})) == 2


def test_exercise_without_solution_is_caught(lab):
    assert lab_rules.exercises_have_solutions([lab], None) == [
        "Exercise 99.1: asked, but not solved"
    ]
    assert lab_rules.exercises_have_solutions([lab], lab) == []


def test_exercises_tags_rule_accepts_a_plain_code_cell_between(lab):
    lab.cells.insert(-1, new_code_cell("start = 1", execution_count=8))
    assert lab_rules.exercises_are_tagged(lab) == []


# ------------------------------------------------------------------------------- typed numbers
ENTRIES = {
    "w99.cost": {"value": [12.50001, 7.69109], "format": ".5f"},
    "w99.count": {"format": ",d"},
    "w99.small": {"value": 52, "format": "d"},
    "w99.word": {"value": "would overfit"},
    "w99.table": {"format": ".1%"},
}
ROWS = [
    {"id": "w99.cost", "value": [12.500012, 7.691093]},
    {"id": "w99.count", "value": 12345},
    {"id": "w99.small", "value": 52},
    {"id": "w99.word", "value": 0},
    {"id": "w99.table", "value": [[0.4321], [0.9876]]},
]


@pytest.mark.parametrize(
    "text",
    [
        "The cost is 12.50001 at first.",
        "one\n\n- item 7.69109",
        "There are 12,345 rows, or 12345.",
        ":::{note}\nIt fell to 7.69109.\n:::",
        "````{admonition} Title\n```python\nx = 1\n```\nIt fell to 7.69109.\n````",
        "| epoch | cost |\n|---|---|\n| 7 | 7.69109 |",
        "exactly −7.691093",
        "a share of 98.8 % or 0.4321",
    ],
)
def test_typed_measured_number_is_reported(text):
    assert lab_rules.typed_numbers(text, lab_rules.printed_numbers(ROWS, ENTRIES)) != []


@pytest.mark.parametrize(
    "text",
    [
        "The cost is {result}`w99.cost`, at epoch 52.",
        "`12.50001` and {math}`7.69109` and $x = 12.50001$",
        "$$\n12.50001\n$$\n\n```python\ncost = 7.69109\n```\n",
        "```{math}\n7.69109\n```",
        ":::{figure} x.svg\n:width: 12345\n:::",
        "[link](a.md#12345) and <!-- 12.50001 -->",
        "112.50001, 12.500013, 12.5 and 12345.6",
        "\\begin{align}\n7.69109\n\\end{align}",
    ],
)
def test_roles_code_maths_and_other_numbers_are_let_pass(text):
    assert lab_rules.typed_numbers(text, lab_rules.printed_numbers(ROWS, ENTRIES)) == []


def test_the_line_of_a_typed_number_is_named():
    text = "---\ntitle: x\n---\n\n```python\n1\n```\nIt is 7.69109."
    (fault,) = lab_rules.typed_numbers(text, lab_rules.printed_numbers(ROWS, ENTRIES))
    assert fault.startswith("line 8: 7.69109")
    assert "w99.cost" in fault


def test_results_json_is_read_as_written(path, results):
    text = (path.parent / "results" / "week99_sums.full.json").read_text()
    assert json.loads(text) == results


def test_three_digits_are_reported_on_the_pages_of_the_same_week_only():
    text = "a share of 98.8 %, and 7.69109"
    own = lab_rules.printed_numbers(ROWS, ENTRIES, week="99")
    other = lab_rules.printed_numbers(ROWS, ENTRIES, week="01")
    assert [len(lab_rules.typed_numbers(text, numbers)) for numbers in (own, other)] == [2, 1]
