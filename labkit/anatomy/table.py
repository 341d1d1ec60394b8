"""The table that both frameworks' models get, and the arithmetic behind its columns."""

import math
from dataclasses import dataclass

COLUMNS = {
    "layer": "its name in the model",
    "kind": "its class",
    "output": "shape of its outputs for one example, channels first in PyTorch, last in Keras",
    "parameters": "as the framework counts them; a layer that is used twice counts once",
    "trainable": "those that get a gradient",
    "connections": "inputs and biases that its outputs have in all, unused zeros at edges included",
    "multiply_adds": "of a forward pass of one example; floating-point operations are twice that",
    "activations": "outputs for one example",
    "weight_bytes": "of the parameters",
    "stored_bytes": "kept from the forward pass for the backward pass of one example",
    "receptive_field": "side of the window of input pixels that an output can depend on",
    "jump": "input pixels between the windows of two neighbours",
}
"""The columns, and what they hold."""


@dataclass(frozen=True)
class Window:
    """What a layer looks at, along each axis of a picture.

    Attributes
    ----------
    kernel, stride, dilation : tuple of int
        One number for each axis.
    """

    kernel: tuple
    stride: tuple
    dilation: tuple


@dataclass(frozen=True)
class Field:
    """The receptive field of a tensor's entries.

    Attributes
    ----------
    size, jump : tuple of int
        Along each axis: pixels of the input that an entry can depend on, and between neighbours.
    """

    size: tuple
    jump: tuple

    def after(self, window):
        """Return the field behind a layer that looks through this window.

        References
        ----------
        Book equation eq-conv-field. Araujo, Norris and Sim (2019), "Computing receptive fields of
        convolutional neural networks", Distill.

        Examples
        --------
        >>> Field((1,), (1,)).after(Window((3,), (2,), (1,))).after(Window((3,), (1,), (1,)))
        Field(size=(7,), jump=(2,))
        """
        axes = zip(self.size, self.jump, window.kernel, window.dilation, strict=True)
        size = tuple(r + (k - 1) * d * j for r, j, k, d in axes)
        return Field(size, tuple(j * s for j, s in zip(self.jump, window.stride, strict=True)))


def widest(fields):
    """Return the largest of some fields: that of a sum or a concatenation; None if one is None."""
    fields = list(fields)
    return None if not fields or None in fields else max(fields, key=lambda field: field.size)


def row(layer, kind, output, *, matrix=0, positions=0, reads=0, bias=False, field=None, **counts):
    """Return a layer's row.

    Parameters
    ----------
    layer, kind : str
    output : tuple of int
        Shape for one example.
    matrix, positions : int
        Weights that multiply inputs, and how often each does so: their product is the number of
        multiply-adds. ``matrix=None`` says that it isn't known.
    reads : int
        Inputs that each output of a layer without such weights looks at, as in pooling.
    bias : bool
        Whether each output has one.
    field : Field, optional
        None where an output depends on the whole input, or the field can't be told.
    counts : int
        parameters, trainable, weight_bytes and stored_bytes; 0 unless given.

    Returns
    -------
    dict
        With the keys of COLUMNS.
    """
    values = dict.fromkeys(COLUMNS, 0) | counts
    values |= {"layer": layer, "kind": kind, "output": tuple(output)}
    n = values["activations"] = math.prod(output)
    adds = values["multiply_adds"] = None if matrix is None else matrix * positions
    values["connections"] = None if matrix is None else adds + n * (reads + bias)
    sides = (_number(field and field.size), _number(field and field.jump))
    return values | dict(zip(("receptive_field", "jump"), sides, strict=True))


def _number(sides):
    """Return a number if all axes agree."""
    return sides[0] if sides and len(set(sides)) == 1 else sides


def frame(rows):
    """Return the rows as a DataFrame; numbers that aren't known are <NA>."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in list(COLUMNS)[3:]:
        if not table[name].map(lambda value: isinstance(value, tuple)).any():
            table[name] = table[name].astype("Int64")
    return table
