import os
import shutil
import zipfile

import numpy as np
import openpyxl
import pytest

from labkit import sheet
from labkit.sheet import read_trace, recalculate, write_trace

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
AND = {"x": X, "y": [0, 0, 0, 1], "w": [10, 10], "b": 10, "learning_rate": 1, "epochs": 70}


@pytest.fixture
def _office():
    if shutil.which("soffice") is None:
        if os.environ.get("CI"):
            pytest.fail("soffice is missing; CI must have LibreOffice Calc")
        pytest.skip("needs LibreOffice")


def numpy_trace(*, x, y, w, b, learning_rate, epochs):
    x, y, w = np.asarray(x, float), np.asarray(y), np.asarray(w, float)
    rows = []
    for _ in range(epochs + 1):
        z = x @ w + b
        rows.append([(np.logaddexp(0, z) - y * z).mean(), *w, b])
        dz = (1 / (1 + np.exp(-z)) - y) / len(y)
        w, b = w - learning_rate * x.T @ dz, b - learning_rate * dz.sum()
    return np.array(rows)


def calculated(path, **setup):
    trace = read_trace(recalculate(path, out=path.with_name("calculated.xlsx")))
    error = np.abs(trace.to_numpy() - numpy_trace(**setup)).max()
    return trace, error


def change(path, name, value):
    """Set an input of the Parameters sheet, as a reader would."""
    book = openpyxl.load_workbook(path)
    (cell,) = [row[1] for row in book["Parameters"].iter_rows() if row[0].value == name]
    cell.value = value
    book.save(path)


@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_libreoffice_agrees_with_numpy_over_70_epochs(tmp_path):
    trace, error = calculated(write_trace(tmp_path / "and.xlsx", **AND), **AND)
    assert trace.shape == (71, 4)
    assert list(trace) == ["cost", "w1", "w2", "b"]
    assert error < 1e-9
    assert int((trace["cost"] < 0.09).idxmax()) == 52


@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_the_formulas_are_live(tmp_path):
    path = write_trace(tmp_path / "and.xlsx", **AND)
    change(path, "rate", 0.25)
    change(path, "start w1", -3)
    change(path, "start b", 0.5)
    setup = AND | {"learning_rate": 0.25, "w": [-3, 10], "b": 0.5}
    _, error = calculated(path, **setup)
    assert error < 1e-9
    book = openpyxl.load_workbook(path)
    book["Parameters"]["C10"] = 1  # the label of (0, 0): now it is class 1
    book.save(path)
    _, error = calculated(path, **setup | {"y": [1, 0, 0, 1]})
    assert error < 1e-9


@pytest.mark.office
@pytest.mark.usefixtures("_office")
@pytest.mark.parametrize(("n", "d", "scale"), [(1, 1, 1), (7, 3, 1), (3, 2, 400)])
def test_any_number_of_examples_and_inputs_and_saturated_neurons(tmp_path, n, d, scale):
    rng = np.random.default_rng(n)
    setup = {
        "x": rng.normal(size=(n, d)),
        "y": rng.integers(0, 2, n),
        "w": scale * rng.normal(size=d),
        "b": 0.1,
        "learning_rate": 0.7,
        "epochs": 6,
    }
    with np.errstate(over="ignore"):
        _, error = calculated(write_trace(tmp_path / "any.xlsx", **setup), **setup)
    assert error < 1e-9


@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_the_naive_columns_show_the_cancellation_and_the_others_do_not(tmp_path):
    setup = AND | {"w": [10, 30], "epochs": 1}
    out = recalculate(write_trace(tmp_path / "a.xlsx", **setup), out=tmp_path / "out.xlsx")
    header, _, *rows = openpyxl.load_workbook(out, data_only=True)["Trace"].values
    row = [dict(zip(header, values, strict=True)) for values in rows]
    assert row[2]["z"] == 20  # (1, 0), as published
    assert row[2]["dC/dp"] == pytest.approx(121291299.102, abs=1e-3)
    assert row[2]["naive dC/dp"] == pytest.approx(121291294.749, abs=1e-3)
    assert row[1]["z"] == 40  # (0, 1)
    assert row[1]["dC/dp"] == pytest.approx((1 + np.exp(40)) / 4, rel=1e-12)
    assert row[1]["naive dC/dp"] == "divides by 0"
    assert row[1]["naive log(1-p)"] == "log of 0"
    assert row[1]["(1-y)·log(1-p)"] == -40
    for one in row:
        assert one["dC/dp"] * one["dp/dz"] == pytest.approx(one["dC/dz"], rel=1e-9)


@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_no_cell_overflows_however_large_z_is(tmp_path):
    setup = {"x": [[1], [-1], [1]], "y": [0, 1, 1], "w": [900], "b": 0}
    path = write_trace(tmp_path / "a.xlsx", **setup, learning_rate=1, epochs=2)
    book = openpyxl.load_workbook(recalculate(path, out=tmp_path / "out.xlsx"), data_only=True)
    for page in book:
        texts = [cell.value for row in page.iter_rows() for cell in row]
        assert not [text for text in texts if str(text).startswith("#")]
    assert book["Cost"]["B2"].value == pytest.approx(600)


def test_equal_arguments_give_equal_bytes(tmp_path):
    a, b = (write_trace(tmp_path / name, **AND).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert a == b
    assert a != write_trace(tmp_path / "c.xlsx", **AND | {"b": 9}).read_bytes()


def test_the_file_holds_no_date_and_its_members_are_in_order(tmp_path):
    with zipfile.ZipFile(write_trace(tmp_path / "a.xlsx", **AND)) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2


def test_only_the_inputs_are_constants_and_no_update_uses_SUM(tmp_path):
    book = openpyxl.load_workbook(write_trace(tmp_path / "a.xlsx", **AND))
    assert book.sheetnames == ["Parameters", "Trace", "Cost", "Notes"]
    for row in book["Trace"].iter_rows(min_row=3, min_col=2):
        for cell in row:
            assert cell.value is None or cell.value.startswith("=")
            assert "SUM(" not in (cell.value or "")
    assert book["Trace"].max_row == 2 + 71 * 4
    assert book.calculation.fullCalcOnLoad
    blue = [
        cell.value
        for row in book["Parameters"].iter_rows()
        for cell in row
        if cell.font.color and cell.font.color.rgb == "000000FF"
    ]
    assert blue == [1, 10, 10, 10, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1]


def test_the_sheet_reads_well(tmp_path):
    book = openpyxl.load_workbook(write_trace(tmp_path / "a.xlsx", **AND))
    trace = book["Trace"]
    header = [cell.value for cell in trace[1]]
    assert trace.freeze_panes == "E3"
    assert len(set(header)) == len(header)
    assert all(cell.value for cell in trace[2])
    fills = {trace.cell(1, i).fill.start_color.rgb for i in range(1, len(header) + 1)}
    assert len(fills) == 5  # forward, cost, backward, update, naive
    assert len(book["Cost"]._charts) == 1


def test_zero_epochs_is_the_start_alone(tmp_path):
    book = openpyxl.load_workbook(write_trace(tmp_path / "a.xlsx", **AND | {"epochs": 0}))
    assert book["Trace"].max_row == 6
    assert book["Cost"].max_row == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": X[:, 0]}, "shape"),
        ({"x": X[:0], "y": []}, "shape"),
        ({"w": [1, 2, 3]}, "shape"),
        ({"y": [0, 1]}, "shape"),
        ({"b": [1.0]}, "one number b"),
        ({"x": np.zeros((500, 2)), "y": np.zeros(500)}, "from 1 to 400"),
        ({"y": [-1, -1, -1, 1]}, "labels 0 or 1"),
        ({"x": X * np.nan}, "finite"),
        ({"w": [np.inf, 0]}, "finite"),
        ({"learning_rate": 0}, "above 0"),
        ({"learning_rate": np.nan}, "above 0"),
        ({"epochs": -1}, "whole number of epochs"),
        ({"epochs": 2.5}, "whole number of epochs"),
        ({"epochs": 10**6}, "2500"),
    ],
)
def test_bad_input_says_what_was_expected_and_writes_nothing(tmp_path, change, says):
    with pytest.raises(ValueError, match=says):
        write_trace(tmp_path / "a.xlsx", **AND | change)
    assert not list(tmp_path.iterdir())


def test_reading_before_calculating_says_so(tmp_path):
    path = write_trace(tmp_path / "a.xlsx", **AND)
    with pytest.raises(ValueError, match="call recalculate"):
        read_trace(path)


def test_without_libreoffice_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet.core.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match="install LibreOffice"):
        recalculate(tmp_path / "a.xlsx", out=tmp_path / "b.xlsx")


@pytest.mark.office
@pytest.mark.usefixtures("_office")
def test_a_missing_workbook_is_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="did not convert"):
        recalculate(tmp_path / "none.xlsx", out=tmp_path / "out.xlsx")
