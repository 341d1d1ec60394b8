"""A training trace as a workbook whose every cell is a live formula.

Change a start weight, the learning rate or a row of data in the first sheet, and a spreadsheet
program works out the whole run again.

The core is a list of :class:`Column`, each with a formula in which ``{name}`` stands for another
cell. They are repeated for every example in every epoch; another net is another list.
"""

import io
import re
import shutil
import subprocess
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

_font = partial(Font, name="Calibri")
_CELL = re.compile(r"\{(?:(given|last|sum):)?([^{}]+)\}")
_FILL = {"forward": "DDEBF7", "cost": "E2EFDA", "backward": "FFF2CC", "update": "FCE4D6"}
_SOFFICE = ("--headless", "--norestore", "--convert-to", "xlsx:Calc MS Excel 2007 XML")


class Column(NamedTuple):
    """One column of a trace.

    In a formula ``{name}`` is the cell of that column in the same row; ``{given:name}`` is an
    input of the Parameters sheet, that of the example if each has its own; ``{last:name}`` is the
    cell in the first row of the previous epoch; ``{sum:name}`` adds the cells of the epoch, and a
    column that uses it has one cell an epoch, in the first row.

    Attributes
    ----------
    name, words : str
        The two lines of the header: the symbol, and its formula in words.
    formula : str
        Without the equals sign.
    part : {"forward", "cost", "backward", "update", "naive"}
        Decides the header's colour.
    number : str
        The number format.
    start : str
        The formula of epoch 0, where it differs.
    """

    name: str
    words: str
    formula: str
    part: str = "forward"
    number: str = "0.000000"
    start: str = ""


# exp never sees a positive z and ln nothing below 1: right to 1e-16 for any z.
_EXP, _LOG1P = "EXP(-ABS({z}))", "LN(1+EXP(-ABS({z})))"
_DC_DP = "IF({y}=1,-1-EXP(MIN(-{z},709)),1+EXP(MIN({z},709)))/{given:n}"  # exp(710) overflows
_NAIVE = 'IF({p}*(1-{p})=0,"divides by 0",({p}-{y})/({p}*(1-{p}))/{given:n})'
_NAIVE_LOG = 'IF({p}<1,LN(1-{p}),"log of 0")'


def write_trace(path, *, x, y, w, b, learning_rate, epochs) -> Path:
    """Write the training of a logistic neuron as an .xlsx workbook with live formulas.

    Sheets: Parameters (the blue cells are inputs), Trace (a row for each example in each epoch),
    Cost (a row for each epoch, and a chart) and Notes. Equal arguments give equal bytes.

    Parameters
    ----------
    path : str or Path
        The workbook to write.
    x : array of shape (n, d)
        Inputs; n · d from 1 to 400.
    y : array of shape (n,), 0 or 1
        Labels.
    w : array of shape (d,)
        Start weights.
    b : float
        Start bias.
    learning_rate : float > 0
        Step of full-batch gradient descent on the mean cross-entropy.
    epochs : int, 0 to 2500
        Number of updates; the trace has epochs + 1 states.

    Returns
    -------
    Path
        Where the workbook is.

    Raises
    ------
    ValueError
        If a shape, a label or a number is not as above.

    Examples
    --------
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = write_trace(Path(folder.name, "neuron.xlsx"), x=[[0.0], [1.0]], y=[0, 1],
    ...                    w=[2.0], b=-1.0, learning_rate=0.5, epochs=3)
    >>> openpyxl.load_workbook(path)["Trace"]["F3"].value
    '=D3*B3+E3'
    >>> folder.cleanup()
    """
    x, y, w, b, rate = (np.asarray(value, dtype=float) for value in (x, y, w, b, learning_rate))
    shapes = x.shape, y.shape, w.shape, b.shape
    if x.ndim != 2 or shapes[1:] != (x.shape[:1], x.shape[1:], ()) or not 0 < x.size <= 400:
        raise ValueError(
            "expected x of shape (n, d) with n · d from 1 to 400, y (n,), w (d,) and one number b, "
            f"got {shapes}"  # Excel's formulas hold 8192 characters, and its sheets 2**20 rows
        )
    if not all(np.isfinite(value).all() for value in (x, w, b)) or not np.isin(y, (0, 1)).all():
        raise ValueError("expected finite x, w and b and labels 0 or 1; look for nan, inf or -1")
    if rate.ndim or not 0 < rate < np.inf or not 0 <= epochs <= 2500 or epochs != int(epochs):
        raise ValueError(
            "expected a learning_rate above 0 and a whole number of epochs from 0 to 2500, "
            f"got {learning_rate} and {epochs}"
        )
    weights = [f"w{j + 1}" for j in range(len(w))]
    start = {f"start {name}": value for name, value in zip([*weights, "b"], [*w, b], strict=True)}
    data = {f"x{j + 1}": column for j, column in enumerate(x.T)} | {"y": y}

    book, size = openpyxl.Workbook(), {"rows": len(x), "epochs": int(epochs)}
    given = _parameters(book.active, "A logistic neuron on a sheet", {"rate": rate} | start, data)
    given["n"] = [str(len(x))]
    trace = book.create_sheet("Trace")
    letter = _lay_out(trace, _neuron(weights), given, **size)
    trace.freeze_panes = f"{letter['w1']}3"
    _summary(book.create_sheet("Cost"), letter, ["cost", *weights, "b"], **size)
    notes = Path(__file__).with_name("sheet_notes.txt").read_text(encoding="utf-8")
    _write_notes(book.create_sheet("Notes"), notes)
    return _save(book, Path(path))


def _neuron(weights) -> list:
    """Return the logistic neuron's columns: forward, cost, backward, update, two naive ones."""
    pairs = [(w, f"x{w[1:]}") for w in weights]
    z = "+".join(f"{{{w}}}*{{{x}}}" for w, x in pairs) + "+{b}"
    now = [*weights, "b"]
    step = {w: f"{{{w}}}-{{given:rate}}*({{sum:dC/d{w}}})" for w in now}
    return [
        *(Column(x, "input", f"{{given:{x}}}", number="General") for _, x in pairs),
        Column("y", "label", "{given:y}", number="General"),
        *(Column(w, "now", f"{{last:{w}'}}", start=f"{{given:start {w}}}") for w in now),
        Column("z", re.sub("[{}]", "", z).replace("*", "·"), z),
        Column("p", "1/(1+exp(-z))", f"EXP(MIN({{z}},0))/(1+{_EXP})", number="0.0000000000"),
        Column("y·log p", "from z", f"{{y}}*(MIN({{z}},0)-{_LOG1P})", "cost"),
        Column("(1-y)·log(1-p)", "from z", f"(1-{{y}})*(MIN(-{{z}},0)-{_LOG1P})", "cost"),
        Column("C", "-(sum of the two)/n", "-({y·log p}+{(1-y)·log(1-p)})/{given:n}", "cost"),
        Column("cost", "sum of the epoch's C", "{sum:C}", "cost"),
        Column("dC/dp", "(p-y)/(p·(1-p))/n, from z", _DC_DP, "backward", "0.000"),
        Column("dp/dz", "p·(1-p), from z", f"{_EXP}/(1+{_EXP})^2", "backward", "0.0000E+00"),
        Column("dC/dz", "dC/dp · dp/dz = (p-y)/n", "({p}-{y})/{given:n}", "backward"),
        *(Column(f"dC/d{w}", f"dC/dz · {x}", f"{{dC/dz}}*{{{x}}}", "backward") for w, x in pairs),
        Column("dC/db", "dC/dz · 1", "{dC/dz}", "backward"),
        *(Column(f"{w}'", f"{w} - rate · sum of dC/d{w}", step[w], "update") for w in now),
        Column("naive dC/dp", "(p-y)/(p·(1-p))/n with 1-p as it comes", _NAIVE, "naive", "0.000"),
        Column("naive log(1-p)", "with 1-p as it comes", _NAIVE_LOG, "naive", "0.0000000000"),
    ]


def _parameters(sheet, title, settings, data) -> dict:
    """Write the inputs; return name → addresses: of a setting one, of data one an example."""
    blue, where, top = _font(color="0000FF"), {}, 5 + len(settings)
    sheet.title, sheet["A1"], sheet["A1"].font = "Parameters", title, _font(bold=True, size=14)
    sheet["A2"] = "The blue cells are inputs: change me."
    sheet.column_dimensions["A"].width = 12

    def put(row, column, value):
        cell = sheet.cell(row, column, float(value))
        cell.font = blue
        return f"Parameters!${cell.column_letter}${row}"

    for row, (name, value) in enumerate(settings.items(), start=4):
        sheet.cell(row, 1, name)
        where[name] = [put(row, 2, value)]
    for column, (name, values) in enumerate(data.items(), start=1):
        _head(sheet.cell(top, column, name))
        where[name] = [put(row, column, value) for row, value in enumerate(values, start=top + 1)]
    return where


def _head(cell):
    cell.font, cell.alignment = _font(bold=True), Alignment(horizontal="right")


def _lay_out(sheet, columns, given, *, rows, epochs) -> dict:
    """Write each column for each row of each epoch; return column name → letter.

    Two header rows and an "epoch" column are added; epoch e begins in row 3 + e · rows.
    """
    columns = [Column("epoch", "updates so far", "", number="0"), *columns]
    letter = {c.name: sheet.cell(1, i).column_letter for i, c in enumerate(columns, start=1)}

    def cell_of(match, row, first):
        scope, name = match.groups()
        if scope == "given":
            return given[name][(row - first) % len(given[name])]
        if scope == "sum":
            # Not SUM(…): LibreOffice's multithreaded calculation silently gets an update wrong
            # that sums over the previous epoch's rows.
            return "+".join(f"{letter[name]}{each}" for each in range(first, first + rows))
        return f"{letter[name]}{first - rows if scope == 'last' else row}"

    line = Border(top=Side(style="thin", color="A6A6A6"))
    for i, column in enumerate(columns, start=1):
        for row, text in ((1, column.name), (2, column.words)):
            cell = sheet.cell(row, i, text)
            cell.font = _font(bold=row == 1, size=12 - row)
            cell.fill = PatternFill("solid", start_color=_FILL.get(column.part, "D9D9D9"))
            cell.alignment = Alignment(horizontal="center", vertical="top", wrap_text=True)
        sheet.column_dimensions[cell.column_letter].width = 16 if "." in column.number else 8
        for epoch in range(epochs + 1):
            first = 3 + epoch * rows
            formula = column.start if epoch == 0 and column.start else column.formula
            for row in range(first, first + (1 if "{sum:" in formula else rows)):
                text = _CELL.sub(partial(cell_of, row=row, first=first), formula)
                sheet.cell(row, i, f"={text}" if text else epoch).number_format = column.number
            sheet.cell(first, i).border = line
    sheet.row_dimensions[2].height = 38
    sheet.print_title_rows = "1:2"
    return letter


def _summary(sheet, letter, names, *, rows, epochs) -> None:
    """Write a row an epoch that points into the Trace, and the line chart of the first name."""
    sheet.append(["epoch", *names])
    for cell in sheet[1]:
        _head(cell)
    for epoch in range(epochs + 1):
        sheet.append([epoch, *(f"=Trace!{letter[name]}{3 + epoch * rows}" for name in names)])
        for cell in sheet[epoch + 2][1:]:
            cell.number_format = "0.00000"
    chart = ScatterChart()
    sheet.freeze_panes, chart.y_axis.number_format = "B2", "General"
    chart.legend, chart.width, chart.height = None, 18, 10  # centimetres
    chart.x_axis.title, chart.y_axis.title = "epoch (updates so far)", names[0]
    chart.x_axis.delete = chart.y_axis.delete = False  # an unset axis is hidden
    chart.x_axis.scaling.min = 0
    y, x = (Reference(sheet, min_col=c, min_row=2, max_row=epochs + 2) for c in (2, 1))
    series = Series(y, x)
    series.smooth, series.graphicalProperties.line.solidFill = False, "0072B2"
    chart.series.append(series)
    sheet.add_chart(chart, sheet.cell(2, len(names) + 3).coordinate)


def _write_notes(sheet, notes) -> None:
    sheet.column_dimensions["A"].width = 100
    for row, text in enumerate(notes.splitlines(), start=1):
        sheet.cell(row, 1, text).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 15 * (1 + len(text) // 90) + 6  # points
    sheet["A1"].font = _font(bold=True)


def _save(book, path) -> Path:
    """Save with fixed dates, names in order, and the wish to be calculated on opening."""
    book.calculation.fullCalcOnLoad = True
    for sheet in book:
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    raw = io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2000-01-01T00:00:00Z", content)
            member = zipfile.ZipInfo(name)  # dated 1980
            new.writestr(member, content, zipfile.ZIP_DEFLATED)
    return path


def recalculate(path, *, out) -> Path:
    """Let LibreOffice calculate a workbook, and save the copy that holds the values.

    Parameters
    ----------
    path : str or Path
        A workbook as :func:`write_trace` wrote it, inputs changed or not.
    out : str or Path
        The copy to write.

    Returns
    -------
    Path
        Where the copy is; :func:`read_trace` reads it.

    Raises
    ------
    FileNotFoundError
        If LibreOffice is missing.
    RuntimeError
        If LibreOffice does not convert the workbook, or there is none.
    """
    program = shutil.which("soffice")
    if program is None:
        raise FileNotFoundError(
            "expected LibreOffice's 'soffice' on the PATH, found none; install LibreOffice or open "
            "the workbook in a spreadsheet program and save it there"
        )
    with tempfile.TemporaryDirectory() as folder:
        user = f"-env:UserInstallation={Path(folder, 'user').as_uri()}"
        command = [program, user, *_SOFFICE, "--outdir", folder, str(Path(path).resolve())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        made = Path(folder, f"{Path(path).stem}.xlsx")
        if not made.is_file():
            raise RuntimeError(f"LibreOffice did not convert {path}: {done.stderr or done.stdout}")
        shutil.copyfile(made, out)
    return Path(out)


def read_trace(path):
    """Read the calculated cost, weights and bias of every epoch.

    Parameters
    ----------
    path : str or Path
        A workbook that a spreadsheet program, or :func:`recalculate`, has saved.

    Returns
    -------
    pandas.DataFrame of epochs + 1 rows, float64
        Columns "cost", "w1", …, "wd", "b"; the index is the epoch.

    Raises
    ------
    ValueError
        If the formulas have not been calculated yet, or gave an error.
    """
    import pandas as pd

    frame = pd.read_excel(path, sheet_name="Cost", index_col="epoch")
    frame = frame.apply(pd.to_numeric, errors="coerce").astype(float)
    if frame.isna().any(axis=None):
        raise ValueError(
            f"expected a number in every cell of the sheet Cost of {path}, got empty cells or "
            "errors; open and save it in a spreadsheet program, or call recalculate"
        )
    return frame
