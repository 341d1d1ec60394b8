"""A run's state in one file: written whole or not at all, and refused by any other run.

What has to be in it, and how it is read, depends on the framework:
:mod:`labkit.train.checkpoint_torch` and :mod:`labkit.train.checkpoint_keras`.
"""

import json
import os
from pathlib import Path

from labkit.data.hashes import content_hash
from labkit.history import History


def write_whole(path, write) -> None:
    """Write a file under a temporary name, then rename it: a reader sees the old or the new one.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made if it is missing.
    write : callable
        ``write(file)`` fills a binary file that is open for writing.

    Raises
    ------
    OSError
        If the disk is full or read-only; the old file is untouched.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "state")
    >>> write_whole(path, lambda file: file.write(b"whole"))
    >>> path.read_bytes()
    b'whole'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())  # the bytes are on the disk before the name is
    os.replace(part, path)


class Checkpoint:
    """The file of one run. What differs between frameworks is left to ``read`` and ``write``.

    Parameters
    ----------
    path : str, Path or None
        The file; None: nothing is ever written.
    settings : dict or None
        Name to JSON value: what has to be the same in a run that goes on from the file. None where
        there is no path: nothing is described that nobody will read.
    """

    def __init__(self, path, settings):
        self.path = None if path is None else Path(path)
        self.settings = json.loads(json.dumps(settings, default=str))

    def begin(self, epochs: int, *, resume: bool) -> tuple:
        """Return the History so far, and the epoch to stop before; restore the state on resume.

        Raises
        ------
        ValueError
            If there is no path to resume from, the file is damaged or belongs to another run, or
            holds more epochs than are asked for.
        """
        if resume and self.path is None:
            raise ValueError("expected checkpoint=path with resume=True, got no path")
        if not resume or not self.path.exists():
            return History(), epochs
        history, stopped = self.load()
        if len(history) > epochs:
            raise ValueError(
                f"expected at most {epochs} epochs in {self.path}, got {len(history)}; ask for "
                "more epochs, or choose another path"
            )
        return history, len(history) if stopped else epochs

    def save(self, history, *, stopped: bool = False) -> None:
        """Write the state after the last epoch of the history, unless there is no path."""
        if self.path is not None:
            notes = {"settings": self.settings, "history": history.rows, "stopped": stopped}
            write_whole(self.path, lambda file: self.write(file, json.dumps(notes)))

    def load(self) -> tuple:
        """Put the saved state into the run's objects; return the History, and whether it stopped.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or belongs to a run with other settings. The run's objects
            are untouched then.
        """
        try:
            notes, state = self.read()
            notes = json.loads(notes)
            found = notes["settings"]
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(
                f"expected a checkpoint of this framework in {self.path}, got a file that can't "
                "be read as one; delete it to start anew"
            ) from error
        for name in [*self.settings, *found]:
            if (there := found.get(name)) != (here := self.settings.get(name)):
                raise ValueError(
                    f"expected a checkpoint of this run in {self.path}, got one that differs in "
                    f"{name}: {there} there, {here} here; build everything as at its start, or "
                    "choose another path"
                )
        self.restore(state)
        return History(notes["history"]), notes["stopped"]


def settings_of(parts: dict, *, loss_fn, **others) -> dict:
    """Return what a run must share with the one it goes on from: rows, loss and the others.

    Parameters
    ----------
    parts : dict
        As :func:`labkit.train.loop.examples` returns it; the rows enter by their hash.
    loss_fn : object
        Enters by its name.
    **others : JSON values
        Such as batch_size and seed.

    Examples
    --------
    >>> import numpy as np
    >>> settings_of({"train": (np.zeros(2), np.ones(2))}, loss_fn="mse", seed=1)["seed"]
    1
    """
    rows = {f"{name} rows": content_hash(x, y)[:16] for name, (x, y) in parts.items()}
    named = loss_fn if isinstance(loss_fn, str) else None
    named = named or getattr(loss_fn, "__qualname__", type(loss_fn).__name__)
    return {**rows, "loss_fn": named, **others}
