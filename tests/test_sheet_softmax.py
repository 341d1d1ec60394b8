import os
import shutil

import numpy as np
import openpyxl
import pytest

from labkit import sheet

ROWS = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
DECODER = {
    "x": ROWS,
    "y": [0, 1, 2, 3],
    "w": np.full((2, 4), 0.5),
    "b": np.full(4, 0.6),
    "learning_rate": 1,
    "epochs": 60,
}
NEURON = {"x": ROWS, "y": [0, 0, 0, 1], "w": [10, 10], "b": 10, "learning_rate": 1, "epochs": 70}


def numpy_trace(*, x, y, w, b, learning_rate, epochs):
    x, w, b, y = np.asarray(x, float), np.asarray(w, float), np.asarray(b, float), np.asarray(y)
    rows = []
    for _ in range(epochs + 1):
        z = x @ w + b
        z = z - z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        rows.append([-log_p[np.arange(len(y)), y].mean(), *w.ravel(), *b])
        dz = (np.exp(log_p) - np.eye(len(b))[y]) / len(y)
        w, b = w - learning_rate * x.T @ dz, b - learning_rate * dz.sum(axis=0)
    return np.array(rows)


@pytest.fixture
def _office():
    if shutil.which("soffice") is None:
        if os.environ.get("CI"):
            pytest.fail("soffice is missing; CI must have LibreOffice Calc")
        pytest.skip("needs LibreOffice")


@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_libreoffice_agrees_with_numpy_on_the_decoder(tmp_path):
    path = sheet.write_softmax_trace(tmp_path / "decoder.xlsx", **DECODER)
    trace = sheet.read_trace(sheet.recalculate(path, out=tmp_path / "done.xlsx"))
    assert list(trace)[:3] == ["cost", "w1→0", "w1→1"]
    assert np.abs(trace.to_numpy() - numpy_trace(**DECODER)).max() < 1e-9
    assert trace.loc[1, "w1→0":"w1→3"].tolist() == [0.375, 0.375, 0.625, 0.625]


@pytest.mark.parametrize(("n", "d", "k", "scale"), [(1, 1, 1, 1), (5, 3, 2, 1), (4, 2, 6, 900)])
def test_the_formulas_say_the_same_as_numpy_for_any_sizes_and_logits(tmp_path, n, d, k, scale):
    rng = np.random.default_rng(n)
    setup = {
        "x": rng.normal(size=(n, d)),
        "y": rng.integers(0, k, n),
        "w": scale * rng.normal(size=(d, k)),
        "b": rng.normal(size=k),
        "learning_rate": 0.7,
        "epochs": 6,
    }
    trace = sheet.calculate(sheet.write_softmax_trace(tmp_path / "any.xlsx", **setup))
    assert np.abs(trace.to_numpy() - numpy_trace(**setup)).max() < 1e-9


def test_an_input_changed_by_a_reader_reaches_the_python_calculation(tmp_path):
    path = sheet.write_softmax_trace(tmp_path / "decoder.xlsx", **DECODER)
    book = openpyxl.load_workbook(path)
    (cell,) = [row[1] for row in book["Parameters"].iter_rows() if row[0].value == "rate"]
    cell.value = 0.25
    book.save(path)
    expected = numpy_trace(**DECODER | {"learning_rate": 0.25})
    assert np.abs(sheet.calculate(path).to_numpy() - expected).max() < 1e-9


@pytest.mark.parametrize(
    ("write", "setup"),
    [(sheet.write_trace, NEURON), (sheet.write_softmax_trace, DECODER)],
    ids=["neuron", "softmax"],
)
@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_python_and_libreoffice_calculate_the_same_table(tmp_path, write, setup):
    path = write(tmp_path / "a.xlsx", **setup)
    ours = sheet.calculate(path)
    theirs = sheet.read_trace(sheet.recalculate(path, out=tmp_path / "done.xlsx"))
    assert list(ours) == list(theirs)
    assert ours.index.equals(theirs.index)
    assert np.abs(ours.to_numpy() - theirs.to_numpy()).max() < 1e-9


@pytest.mark.parametrize("formula", ["=ABS(1).real", "=SUM(A1:A2)", "=__import__", '="a"'])
def test_python_evaluates_no_formula_but_ours(tmp_path, formula):
    path = sheet.write_softmax_trace(tmp_path / "a.xlsx", **DECODER | {"epochs": 0})
    book = openpyxl.load_workbook(path)
    book["Cost"]["B2"] = formula
    book.save(path)
    with pytest.raises(ValueError, match="one of labkit's formulas in Cost!B2"):
        sheet.calculate(path)


def test_the_sheet_reads_well_and_is_all_formulas(tmp_path):
    book = openpyxl.load_workbook(sheet.write_softmax_trace(tmp_path / "a.xlsx", **DECODER))
    assert book.sheetnames == ["Parameters", "Trace", "Cost", "Notes"]
    header, words, *rows = book["Trace"].values
    assert len(set(header)) == len(header)
    assert all(words)
    assert book["Trace"].freeze_panes == "E3"
    cells = [cell for row in rows for cell in row[1:] if cell is not None]
    assert all(cell.startswith("=") and "SUM(" not in cell for cell in cells)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": ROWS[:, 0]}, "shape"),
        ({"y": [0, 1]}, "shape"),
        ({"w": np.zeros((4, 2))}, "shape"),
        ({"b": 0.6}, "shape"),
        ({"x": np.zeros((60, 2)), "y": np.zeros(60)}, "400"),
        ({"y": [0, 1, 2, 4]}, "labels 0 … 3"),
        ({"y": [0, 1, 2, 0.5]}, "labels 0 … 3"),
        ({"x": ROWS * np.nan}, "finite"),
        ({"learning_rate": 0}, "above 0"),
        ({"epochs": 2.5}, "whole number of epochs"),
    ],
)
def test_bad_input_says_what_was_expected_and_writes_nothing(tmp_path, change, says):
    with pytest.raises(ValueError, match=says):
        sheet.write_softmax_trace(tmp_path / "a.xlsx", **DECODER | change)
    assert not list(tmp_path.iterdir())
