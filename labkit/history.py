"""The record of a training run: one row an epoch, the same columns in every framework."""

import json

import numpy as np


class History:
    """Rows of epoch results, with the names Keras uses: loss, accuracy, val_loss, val_accuracy.

    Attributes
    ----------
    rows : list of dict
        One dict an epoch: "epoch" (zero-based: the number of epochs finished before it), "seconds",
        and a float for each metric.

    Examples
    --------
    >>> history = History()
    >>> history.append(epoch=0, loss=0.7, val_loss=0.8)
    >>> history.append(epoch=1, loss=0.5, val_loss=0.6)
    >>> history["val_loss"]
    array([0.8, 0.6])
    >>> history.best("val_loss")["epoch"]
    1
    """

    def __init__(self, rows=()):
        self.rows = [dict(row) for row in rows]

    def append(self, **row) -> None:
        """Add an epoch's results; its names must be those of the rows before it.

        NumPy numbers become Python's, so that every row can be written as JSON.
        """
        row = {name: getattr(value, "item", lambda v=value: v)() for name, value in row.items()}
        if self.rows and row.keys() != self.rows[0].keys():
            raise ValueError(f"expected the columns {list(self.rows[0])}, got {list(row)}")
        self.rows.append(row)

    def __len__(self):
        return len(self.rows)

    def __eq__(self, other):
        return isinstance(other, History) and self.rows == other.rows

    def __contains__(self, name):
        return bool(self.rows) and name in self.rows[0]

    def __getitem__(self, name) -> np.ndarray:
        """Return a column as an ndarray of shape (epochs,)."""
        if name not in self:
            raise KeyError(f"expected one of {self.columns}, got {name!r}")
        return np.array([row[name] for row in self.rows])

    @property
    def columns(self) -> list:
        """The names of the columns, in the order in which they were recorded."""
        return list(self.rows[0]) if self.rows else []

    def best(self, name: str, *, mode: str = "min") -> dict:
        """Return the row with the lowest (mode="min") or highest ("max") value.

        Of equal rows the first one; a NaN is never the best.
        """
        if mode not in ("min", "max"):
            raise ValueError(f"expected mode 'min' or 'max', got {mode!r}")
        values = self[name]
        return self.rows[int(np.nanargmin(values) if mode == "min" else np.nanargmax(values))]

    def to_frame(self):
        """Return a pandas DataFrame, indexed by epoch."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=self.columns or ["epoch"]).set_index("epoch")

    def to_json(self) -> str:
        """Return the rows as JSON; :meth:`from_json` gives an equal History back."""
        return json.dumps(self.rows)

    @classmethod
    def from_json(cls, text: str) -> "History":
        """Return the History that :meth:`to_json` wrote."""
        return cls(json.loads(text))

    def __repr__(self):
        last = ", ".join(
            f"{name} {value:.4g}"
            for name, value in (self.rows[-1] if self.rows else {}).items()
            if name not in ("epoch", "seconds")
        )
        return f"History({len(self)} epochs{': ' + last if last else ''})"
