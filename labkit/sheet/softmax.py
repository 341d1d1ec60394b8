"""A softmax classifier as a workbook."""

from pathlib import Path

import numpy as np

from labkit.sheet.core import Column, write_workbook


def write_softmax_trace(path, *, x, y, w, b, learning_rate, epochs) -> Path:
    """Write the training of a softmax classifier as an .xlsx workbook with live formulas.

    The sheets are those of ``write_trace``.

    Parameters
    ----------
    path : str or Path
        The workbook to write.
    x : array of shape (n, d)
        Inputs.
    y : array of shape (n,), integers from 0 to k − 1
        Labels.
    w : array of shape (d, k)
        Start weights.
    b : array of shape (k,)
        Start biases.
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
        If a shape, a label or a number is not as above, or n · d · k exceeds 400.

    References
    ----------
    Book equations eq-softmax-k, eq-softmax-dz and eq-softmax-stable.

    Examples
    --------
    >>> import tempfile, openpyxl
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = write_softmax_trace(Path(folder.name, "softmax.xlsx"), x=[[0.0], [1.0]], y=[0, 1],
    ...                            w=[[0.5, 0.5]], b=[0, 0], learning_rate=1, epochs=3)
    >>> openpyxl.load_workbook(path)["Trace"]["I3"].value
    '=E3*B3+G3'
    >>> folder.cleanup()
    """
    x, y, w, b = (np.asarray(value, dtype=float) for value in (x, y, w, b))
    shapes = x.shape, y.shape, w.shape, b.shape
    fit = x.ndim == w.ndim == 2 and shapes[1:] == (x.shape[:1], (x.shape[1], b.size), (b.size,))
    if not fit or not 0 < len(x) * w.size <= 400:
        raise ValueError(
            "expected x of shape (n, d), y (n,), w (d, k) and b (k,) with n · d · k from 1 to 400, "
            f"got {shapes}"
        )
    d, k = w.shape
    if not np.isin(y, np.arange(k)).all():
        raise ValueError(f"expected labels 0 … {k - 1}, one for each column of w")
    start = {f"w{j + 1}→{i}": w[j, i] for j in range(d) for i in range(k)}
    start |= {f"b{i}": b[i] for i in range(k)}
    return write_workbook(
        path,
        _columns(d, range(k), list(start)),
        title="A softmax classifier on a sheet",
        start=start,
        data={f"x{j + 1}": column for j, column in enumerate(x.T)} | {"y": y},
        learning_rate=learning_rate,
        epochs=epochs,
        notes=Path(__file__).with_name("softmax.txt"),
    )


def _columns(d, classes, parameters) -> list:
    """Return the columns: forward, cost, backward, update."""
    inputs = [f"x{j + 1}" for j in range(d)]
    largest = ",".join(f"{{z{i}}}" for i in classes)
    total = "+".join(f"EXP({{z{i}}}-{{m}})" for i in classes)
    of_truth = "+".join(f"{{y{i}}}*{{z{i}}}" for i in classes)
    z = ["+".join(f"{{w{x[1:]}→{i}}}*{{{x}}}" for x in inputs) + f"+{{b{i}}}" for i in classes]
    return [
        *(Column(x, "input", f"{{given:{x}}}", number="General") for x in inputs),
        Column("y", "label", "{given:y}", number="General"),
        *(Column.of_parameter(name) for name in parameters),
        *(Column(f"z{i}", f"sum of w→{i}·x, + b{i}", z[i]) for i in classes),
        Column("m", "largest z", f"MAX({largest})"),
        Column("s", "sum of exp(z-m)", total),
        *(Column(f"p{i}", f"exp(z{i}-m)/s", f"EXP({{z{i}}}-{{m}})/{{s}}") for i in classes),
        *(Column(f"y{i}", f"1 if y = {i}", f"IF({{y}}={i},1,0)", number="0") for i in classes),
        Column("C", "(m + ln s - true z)/n", f"({{m}}+LN({{s}})-({of_truth}))/{{given:n}}", "cost"),
        Column("cost", "sum of the epoch's C", "{sum:C}", "cost"),
        *(
            Column(f"dC/dz{i}", f"(p{i}-y{i})/n", f"({{p{i}}}-{{y{i}}})/{{given:n}}", "backward")
            for i in classes
        ),
        *(
            Column(f"dC/dw{x[1:]}→{i}", f"dC/dz{i} · {x}", f"{{dC/dz{i}}}*{{{x}}}", "backward")
            for x in inputs
            for i in classes
        ),
        *(Column(f"dC/db{i}", f"dC/dz{i} · 1", f"{{dC/dz{i}}}", "backward") for i in classes),
        *(Column.of_update(name) for name in parameters),
    ]
