"""The logistic neuron as a workbook."""

import re
from pathlib import Path

import numpy as np

from labkit.sheet.core import Column, write_workbook

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

    References
    ----------
    Book equations eq-logistic-z to eq-logistic-update and eq-logistic-stable.

    Examples
    --------
    >>> import tempfile, openpyxl
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = write_trace(Path(folder.name, "neuron.xlsx"), x=[[0.0], [1.0]], y=[0, 1],
    ...                    w=[2.0], b=-1.0, learning_rate=0.5, epochs=3)
    >>> openpyxl.load_workbook(path)["Trace"]["F3"].value
    '=D3*B3+E3'
    >>> folder.cleanup()
    """
    x, y, w, b = (np.asarray(value, dtype=float) for value in (x, y, w, b))
    shapes = x.shape, y.shape, w.shape, b.shape
    if x.ndim != 2 or shapes[1:] != (x.shape[:1], x.shape[1:], ()) or not 0 < x.size <= 400:
        raise ValueError(
            "expected x of shape (n, d) with n · d from 1 to 400, y (n,), w (d,) and one number b, "
            f"got {shapes}"  # Excel's formulas hold 8192 characters, and its sheets 2**20 rows
        )
    if not np.isin(y, (0, 1)).all():
        raise ValueError("expected labels 0 or 1; look for nan or -1")
    weights = [f"w{j + 1}" for j in range(len(w))]
    start = dict(zip([*weights, "b"], [*w, b], strict=True))
    return write_workbook(
        path,
        _columns(weights),
        title="A logistic neuron on a sheet",
        start=start,
        data={f"x{j + 1}": column for j, column in enumerate(x.T)} | {"y": y},
        learning_rate=learning_rate,
        epochs=epochs,
        notes=Path(__file__).with_name("neuron.txt"),
    )


def _columns(weights) -> list:
    """Return the logistic neuron's columns: forward, cost, backward, update, two naive ones."""
    pairs = [(w, f"x{w[1:]}") for w in weights]
    z = "+".join(f"{{{w}}}*{{{x}}}" for w, x in pairs) + "+{b}"
    return [
        *(Column(x, "input", f"{{given:{x}}}", number="General") for _, x in pairs),
        Column("y", "label", "{given:y}", number="General"),
        *(Column.of_parameter(name) for name in [*weights, "b"]),
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
        *(Column.of_update(name) for name in [*weights, "b"]),
        Column("naive dC/dp", "(p-y)/(p·(1-p))/n with 1-p as it comes", _NAIVE, "naive", "0.000"),
        Column("naive log(1-p)", "with 1-p as it comes", _NAIVE_LOG, "naive", "0.0000000000"),
    ]
