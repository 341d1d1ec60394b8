"""What is the same in every training loop: checked rows, batches, an epoch's means, its record."""

import math
import os
import sys
import time

import numpy as np

from labkit.seeds import epoch_order


def examples(train, val=None) -> dict:
    """Return the checked inputs and targets of each part as arrays.

    Parameters
    ----------
    train : Split or (x, y) pair
        x of shape (n, ...) and y of shape (n, ...), n ≥ 1.
    val : Split or (x, y) pair, optional
        The same for the validation rows.

    Returns
    -------
    dict
        {"train": (x, y)} and, if there is one, "val".

    Raises
    ------
    ValueError
        If a part is no pair, is empty, the lengths differ, or a value is NaN or infinite.

    Examples
    --------
    >>> examples(([[0.0], [float("nan")]], [0, 1]))
    Traceback (most recent call last):
        ...
    ValueError: expected finite numbers in train x, got nan in row 1; drop or fill that row
    """
    parts = {"train": train} if val is None else {"train": train, "val": val}
    return {name: _checked(part, name) for name, part in parts.items()}


def _checked(part, name):
    if len(pair := tuple(part)) != 2:
        raise ValueError(
            f"expected {name} to be an (x, y) pair, got {len(pair)} parts; of a set pass .train"
        )
    x, y = (np.asarray(values) for values in pair)
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(
            f"expected as many targets as rows in {name}, at least one, got {len(x)} rows and "
            f"{len(y)} targets; check how x and y were cut"
        )
    for letter, values in (("x", x), ("y", y)):
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            place = tuple(np.argwhere(~np.isfinite(values))[0])
            raise ValueError(
                f"expected finite numbers in {name} {letter}, got {values[place]} in row "
                f"{place[0]}; drop or fill that row"
            )
    return x, y


def check_sizes(epochs: int, batch_size: int | None, n: int) -> int:
    """Return the number of rows a batch: batch_size, or all n for None; refuse impossible sizes."""
    if epochs < 0 or (batch_size is not None and batch_size < 1):
        raise ValueError(
            "expected epochs >= 0, and batch_size >= 1 or None for the full batch, got epochs="
            f"{epochs} and batch_size={batch_size}"
        )
    return n if batch_size is None else batch_size


def check_learning_rate(rate: float) -> None:
    """Refuse a learning rate that is negative, infinite or NaN."""
    if not 0 <= rate < math.inf:
        raise ValueError(f"expected a finite learning rate >= 0, got {rate}")


def check_shapes(parts: dict, output_shape) -> None:
    """Refuse targets (n,) for outputs (n, 1), and the reverse: a loss would make them (n, n)."""
    for name, (_, y) in parts.items():
        wanted = (len(y), *output_shape[1:])
        if wanted != y.shape and np.prod(wanted) == y.size:
            raise ValueError(
                f"expected {name} y of the shape {wanted} of the model's output, got {y.shape}; "
                "write y[:, None], or end the model with nn.Flatten(0)"
            )


def check_labels(parts: dict, shape, *, ignore=None) -> None:
    """Refuse integer labels for which the model has no output.

    Parameters
    ----------
    parts : dict
        As :func:`examples` returns it. Targets that are values, one-hot rows or binary labels (no
        class axis in the output) pass.
    shape : tuple of int or None
        Shape of the model's output for some rows, the class axis second or last.
    ignore : int, optional
        A label that stands for "no target".

    Raises
    ------
    ValueError
        If a label is outside 0 … k − 1.

    Examples
    --------
    >>> check_labels({"train": (np.zeros((2, 4)), np.array([1, 3]))}, (1, 3))
    Traceback (most recent call last):
        ...
    ValueError: expected labels 0 … 2 in train, as the model has 3 outputs, got 3 in row 1; ...
    """
    for name, (_, y) in parts.items():
        if y.dtype.kind not in "iu" or len(shape) < 2 or shape[1:] == y.shape[1:]:
            continue
        k = shape[1] if shape[2:] == y.shape[1:] else shape[-1]
        strange = ((y < 0) | (y >= k)) & (True if ignore is None else y != ignore)
        if k > 1 and strange.any():
            place = tuple(np.argwhere(strange)[0])
            raise ValueError(
                f"expected labels 0 … {k - 1} in {name}, as the model has {k} outputs, got "
                f"{y[place]} in row {place[0]}; number the classes from 0 or widen the last layer"
            )


def batches(n: int, batch_size: int, *, seed: int | None = None, epoch: int = 0) -> list:
    """Return the row numbers of each batch, ndarrays of int64; every row is in one batch.

    With a seed the order is :func:`labkit.seeds.epoch_order`; without, rows come as they stand.
    The last batch may be shorter.

    Examples
    --------
    >>> [rows.tolist() for rows in batches(5, 2)]
    [[0, 1], [2, 3], [4]]
    """
    order = np.arange(n) if seed is None else epoch_order(n, seed=seed, epoch=epoch)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


class Tally:
    """The results of an epoch's batches, and their means over the examples.

    A batch's loss is a mean over its rows, so a short last batch counts by its size. Metrics are
    computed once, over all rows, since R² or a median is not a mean of batches.

    Parameters
    ----------
    y : ndarray of shape (n, ...)
        The targets of all rows.
    metrics : dict or None
        Name to f(y_true, y_pred) → float. Outputs are kept only if there are any.

    Examples
    --------
    >>> tally = Tally(np.zeros(3), None)
    >>> tally.add(np.array([0, 1]), 1.0, None)
    >>> tally.add(np.array([2]), 4.0, None)
    >>> tally.means()
    {'loss': 2.0}
    """

    def __init__(self, y, metrics):
        self.y, self.metrics = y, metrics or {}
        self.rows, self.losses, self.outputs = [], [], []

    def add(self, rows, loss, output) -> None:
        """Record a batch: its row numbers, mean loss and outputs."""
        self.rows.append(rows)
        self.losses.append(loss)
        if self.metrics:
            self.outputs.append(np.asarray(output.cpu() if hasattr(output, "cpu") else output))

    def means(self, prefix: str = "") -> dict:
        """Return {"loss": …, metric: …}, floats, each name with the prefix in front."""
        sizes = [len(rows) for rows in self.rows]
        # Losses become floats only here: on an accelerator each float() waits for the device.
        values = {"loss": np.average([float(loss) for loss in self.losses], weights=sizes)}
        if self.metrics:
            y_true, y_pred = self.y[np.concatenate(self.rows)], np.concatenate(self.outputs)
            values |= {name: metric(y_true, y_pred) for name, metric in self.metrics.items()}
        return {prefix + name: float(value) for name, value in values.items()}


def epoch_bar(epochs: int, progress: bool | None, *, done: int = 0):
    """Return a tqdm bar over the epochs done … epochs − 1."""
    return bar(range(done, epochs), progress, unit="epoch", done=done, total=epochs)


def bar(items, progress: bool | None, *, unit: str, total: int, done: int = 0):
    """Return a tqdm bar over the items; off by default outside a terminal or notebook."""
    from tqdm import tqdm

    if progress is None:
        shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
        progress = sys.stderr.isatty() or hasattr(shell, "kernel")  # a notebook's shell has one
    off = os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(items, initial=done, total=total, unit=unit, disable=off or not progress)


def end_epoch(history, bar, started: float, results: dict, on_epoch) -> bool:
    """Append an epoch's row to the history; return whether on_epoch asks to stop.

    Raises
    ------
    FloatingPointError
        If a loss is NaN or infinite.
    """
    epoch = len(history)
    for name in {"loss", "val_loss"} & results.keys():
        if not math.isfinite(results[name]):
            raise FloatingPointError(
                f"expected a finite {name}, got {results[name]} in epoch {epoch}; try a learning "
                "rate ten times smaller, and inputs scaled to about −1 … 1"
            )
    history.append(epoch=epoch, seconds=time.perf_counter() - started, **results)
    bar.set_postfix({name: f"{value:.4g}" for name, value in results.items()}, refresh=False)
    return bool(on_epoch and on_epoch(epoch, history))
