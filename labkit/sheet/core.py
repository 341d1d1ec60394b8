"""What every workbook shares: columns of formulas, repeated for each row of each epoch."""

import io
import math
import re
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

_font = partial(Font, name="Calibri")
_CELL = re.compile(r"\{(?:(given|last|sum):)?([^{}]+)\}")
_REFERENCE = re.compile(r"(?:(\w+)!)?\$?([A-Z]+)\$?(\d+)")
_FORMULA = re.compile(
    rf"=(?:(?:EXP|LN|ABS|MIN|MAX|IF)(?=\()|{_REFERENCE.pattern}|\d+(?:\.\d+)?|[-+*/^(),=<>])+"
)
_FUNCTIONS = {"EXP": math.exp, "LN": math.log, "ABS": abs}
_FUNCTIONS |= {"MIN": lambda *x: min(x), "MAX": lambda *x: max(x)}  # of one number, too
_FUNCTIONS["IF"] = lambda condition, yes, no: yes if condition else no
_FILL = {"forward": "DDEBF7", "cost": "E2EFDA", "backward": "FFF2CC", "update": "FCE4D6"}
_NOTES = Path(__file__).with_name("notes.txt")
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

    @classmethod
    def of_parameter(cls, name):
        """Return the column of a weight: its start value first, then the last epoch's update."""
        return cls(name, "now", f"{{last:{name}'}}", start=f"{{given:start {name}}}")

    @classmethod
    def of_update(cls, name):
        """Return the column of a weight after the step, from the columns name and "dC/dname"."""
        formula = f"{{{name}}}-{{given:rate}}*({{sum:dC/d{name}}})"
        return cls(f"{name}'", f"{name} - rate · sum of dC/d{name}", formula, "update")


def write_workbook(path, columns, *, title, start, data, learning_rate, epochs, notes) -> Path:
    """Write columns as a workbook: the sheets Parameters, Trace, Cost and Notes.

    Parameters
    ----------
    path : str or Path
        The workbook to write.
    columns : list of Column
        The net, from left to right; among them "cost" and one of each parameter's name.
    title : str
        The heading of the Parameters sheet.
    start : dict of str to float
        Parameter → start value. In a formula it is ``{given:start NAME}``.
    data : dict of str to array of shape (n,)
        Name → one number an example, ``{given:NAME}``; the number of examples is ``{given:n}``.
    learning_rate : float > 0
        The step, ``{given:rate}``.
    epochs : int, 0 to 2500
        Number of updates; the trace has epochs + 1 states.
    notes : Path
        A text file; its lines follow those of ``notes.txt``.

    Returns
    -------
    Path
        Where the workbook is. Equal arguments give equal bytes.

    Raises
    ------
    ValueError
        If a start value, a row of data, the rate or the number of epochs can't be used.
    """
    rate = np.asarray(learning_rate, dtype=float)
    if not all(np.isfinite(value).all() for value in (*start.values(), *data.values())):
        raise ValueError("expected finite data and start weights; look for nan and inf")
    if rate.ndim or not 0 < rate < np.inf or not 0 <= epochs <= 2500 or epochs != int(epochs):
        raise ValueError(
            "expected a learning_rate above 0 and a whole number of epochs from 0 to 2500, "
            f"got {learning_rate} and {epochs}"
        )
    rows = len(next(iter(data.values())))
    book, size = openpyxl.Workbook(), {"rows": rows, "epochs": int(epochs)}
    settings = {"rate": rate} | {f"start {name}": value for name, value in start.items()}
    given = _parameters(book.active, title, settings, data) | {"n": [str(rows)]}
    trace = book.create_sheet("Trace")
    letter = _lay_out(trace, columns, given, **size)
    trace.freeze_panes = f"{letter[next(iter(start))]}3"
    _summary(book.create_sheet("Cost"), letter, ["cost", *start], **size)
    texts = [file.read_text(encoding="utf-8") for file in (_NOTES, notes)]
    _write_notes(book.create_sheet("Notes"), "".join(texts))
    return _save(book, Path(path))


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
        A workbook as :func:`write_workbook` wrote it, inputs changed or not.
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


def calculate(path):
    """Calculate a workbook in Python where there is no spreadsheet program.

    Only the cells on which the sheet Cost depends are calculated, and only the functions and signs
    that this package's formulas use are known.

    Parameters
    ----------
    path : str or Path
        A workbook as :func:`write_workbook` wrote it, inputs changed or not.

    Returns
    -------
    pandas.DataFrame of epochs + 1 rows, float64
        As from :func:`read_trace`.

    Raises
    ------
    ValueError
        If a formula holds anything else.
    """
    import pandas as pd

    book = openpyxl.load_workbook(path)

    @cache
    def value(page, cell):
        formula = book[page][cell].value
        if not str(formula).startswith("="):
            return formula
        if not _FORMULA.fullmatch(formula):  # so that eval meets nothing unknown
            raise ValueError(f"expected one of labkit's formulas in {page}!{cell}, got {formula}")
        code = _REFERENCE.sub(lambda m: f"value('{m[1] or page}', '{m[2]}{m[3]}')", formula[1:])
        code = re.sub("(?<![<>])=", "==", code.replace("^", "**"))
        return eval(code, {"__builtins__": {}, "value": value, **_FUNCTIONS})

    header, *rows = book["Cost"].iter_rows()
    values = [[float(value("Cost", cell.coordinate)) for cell in row] for row in rows]
    names = [cell.value for cell in header]
    return pd.DataFrame(values, columns=names).astype({"epoch": int}).set_index("epoch")


def read_trace(path):
    """Read the calculated cost, weights and bias of every epoch.

    Parameters
    ----------
    path : str or Path
        A workbook that a spreadsheet program, or :func:`recalculate`, has saved.

    Returns
    -------
    pandas.DataFrame of epochs + 1 rows, float64
        Column "cost" and one of each parameter; the index is the epoch.

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
