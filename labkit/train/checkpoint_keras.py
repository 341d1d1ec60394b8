"""Checkpoints of Keras runs: weights, seed generators and optimiser, as plain arrays."""

import numpy as np

from labkit.train.checkpoint import Checkpoint


class KerasCheckpoint(Checkpoint):
    """The file of one Keras run; on a CPU a resumed run ends with the same weights to the bit.

    The variables of the model include each layer's ``seed_generator.state``, which a ``.keras``
    file drops: without it a resumed Dropout draws other units. Random operations that a layer
    calls without a seed generator of its own are not repeated.

    Parameters
    ----------
    path : str, Path or None
        The file, an ``.npz`` by content; None: nothing is ever written.
    model : keras.Model
        Built and compiled. Its layers' types and settings, and its optimiser's, must be those of
        the saved one.
    settings : dict, optional
        What else must be the same, name to JSON value.

    Examples
    --------
    >>> import keras, tempfile
    >>> from labkit.history import History
    >>> def line(n):
    ...     model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])
    ...     model.compile("adam", "mse")
    ...     return model
    >>> path = tempfile.mkdtemp() + "/line.npz"
    >>> KerasCheckpoint(path, line(2)).save(History([{"epoch": 0, "loss": 0.5}]))
    >>> KerasCheckpoint(path, line(2)).load()
    (History(1 epochs: loss 0.5), False)
    >>> KerasCheckpoint(path, line(3)).load()
    Traceback (most recent call last):
        ...
    ValueError: expected a checkpoint of this run in ..., got one that differs in weights: ...
    """

    def __init__(self, path, model, *, settings=None):
        self.model = model
        described = None if path is None else {**self._described(), **(settings or {})}
        super().__init__(path, described)

    def _described(self):
        self.model.optimizer.build(self.model.trainable_variables)
        return {
            "model": [_described(layer) for layer in self.model.layers],
            "optimizer": _described(self.model.optimizer),
            "weights": [f"{w.dtype} {tuple(w.shape)}" for w in self._variables()],
        }

    def _variables(self):
        return [*self.model.variables, *self.model.optimizer.variables]

    def write(self, file, notes) -> None:
        """Write the state and the notes to an open file."""
        arrays = {str(k): variable.numpy() for k, variable in enumerate(self._variables())}
        np.savez(file, notes=np.array(notes), **arrays)

    def read(self) -> tuple:
        """Return the notes, and the state that :meth:`restore` takes."""
        # np.load leaves a file that it opened itself open if it is no zip file
        with open(self.path, "rb") as file, np.load(file, allow_pickle=False) as saved:
            return str(saved["notes"]), [saved[str(k)] for k in range(len(saved.files) - 1)]

    def restore(self, saved) -> None:
        """Put a state into the variables of the model and its optimiser."""
        for variable, value in zip(self._variables(), saved, strict=True):
            variable.assign(value)


def _described(part):
    """Return the type and the settings of a layer or an optimiser, without automatic names."""
    try:
        config = part.get_config()
    except NotImplementedError:  # a layer of the reader's own
        config = {}
    return [type(part).__name__, _unnamed(config)]


def _unnamed(config):
    if isinstance(config, dict):
        return {k: _unnamed(v) for k, v in config.items() if k not in _NAMES}
    return [_unnamed(v) for v in config] if isinstance(config, list | tuple) else config


# They count the layers that a process has made before.
_NAMES = {"name", "registered_name", "keras_history", "input_layers", "output_layers"}
