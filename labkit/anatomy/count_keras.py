"""The layers of a Keras model, read off its layers and their shapes."""

import math

from labkit.anatomy.table import Field, Window, frame, row, widest


def keras_layers(model, *, rules=None):
    """Count what each layer of a Keras model has, does and keeps.

    Parameters
    ----------
    model : keras.Model
        Sequential or functional, built; a model in it is walked through.
    rules : dict, optional
        For layers of your own, from their class to f(layer, x_shape, y_shape), which returns
        keywords of :func:`labkit.anatomy.table.row` (matrix, positions, reads, bias) and perhaps
        ``window``, a :class:`labkit.anatomy.table.Window`.

    Returns
    -------
    pandas.DataFrame
        One row a layer, in order; the columns of :data:`labkit.anatomy.table.COLUMNS`. A layer's
        activation overwrites the layer's sums, so each output is stored once, by the layer that
        makes it; the input stores itself. Layers that only rename or rearrange store nothing.

    Raises
    ------
    ValueError
        If the model isn't built, or has no layers to walk along.

    Examples
    --------
    >>> import keras
    >>> pair = [keras.layers.Conv2D(6, 5, activation="relu"), keras.layers.MaxPooling2D(2)]
    >>> table = keras_layers(keras.Sequential([keras.Input((32, 32, 1)), *pair]))
    >>> table[["kind", "output", "parameters", "connections", "receptive_field"]]
               kind       output  parameters  connections  receptive_field
    0    InputLayer  (32, 32, 1)           0            0                1
    1        Conv2D  (28, 28, 6)         156       122304                5
    2  MaxPooling2D  (14, 14, 6)           0         4704                6
    """
    if not model.built or not getattr(model, "inputs", None):
        raise ValueError(
            "expected a Sequential or functional model with known input shapes, got "
            f"{model.name!r}; begin it with keras.Input(shape)"
        )
    walk = _Walk(rules or {})
    walk.through(model, [_whole(tensor) for tensor in model.inputs], "")
    return frame(walk.rows)


def _whole(tensor):
    axes = len(tensor.shape) - 2
    return Field((1,) * axes, (1,) * axes) if axes > 0 else None


class _Walk:
    """Goes from layer to layer and remembers the field of each symbolic tensor."""

    def __init__(self, rules):
        self.rules, self.rows, self.counted = rules, [], set()

    def through(self, model, fields, place):
        """Append the rows of a model's layers; return the fields of its outputs."""
        known = {id(tensor): field for tensor, field in zip(model.inputs, fields, strict=True)}
        for tensor in [] if place else model.inputs:
            shape, size = tuple(tensor.shape[1:]), _bytes(tensor.dtype)
            facts = {"field": known[id(tensor)], "stored_bytes": math.prod(shape) * size}
            self.rows.append(row("input", "InputLayer", shape, **facts))
        for layer in model.layers:
            if type(layer).__name__ == "InputLayer":
                continue
            inputs, outputs = _listed(layer.input), _listed(layer.output)
            given = [known.get(id(tensor)) for tensor in inputs]
            if hasattr(layer, "layers") and getattr(layer, "inputs", None):  # a model in the model
                found = self.through(layer, given, f"{place}{layer.name}/")
                known |= {id(t): field for t, field in zip(outputs, found, strict=True)}
            else:
                self.rows.append(self._row(layer, inputs[0], outputs[0], widest(given), place))
                known |= dict.fromkeys(map(id, outputs), self.field)
        return [known.get(id(tensor)) for tensor in model.outputs]

    def _row(self, layer, x, y, field, place):
        x_shape, y_shape = tuple(x.shape[1:]), tuple(y.shape[1:])
        facts = self._rule(layer)(layer, x_shape, y_shape)
        if "window" in facts:
            window = facts.pop("window")
            field = field and window and field.after(window)
        elif len(x_shape) != len(y_shape):
            field = None
        self.field = field
        new = [v for v in layer.weights if id(v) not in self.counted]
        self.counted |= set(map(id, new))
        learnt = {id(v) for v in layer.trainable_weights}
        sizes = [(math.prod(v.shape), _bytes(v.dtype), id(v) in learnt) for v in new]
        same = type(layer).__name__ in _REARRANGE
        counts = {
            "parameters": sum(n for n, _, _ in sizes),
            "trainable": sum(n for n, _, learns in sizes if learns),
            "weight_bytes": sum(n * size for n, size, _ in sizes),
            "stored_bytes": 0 if same else math.prod(y_shape) * _bytes(y.dtype),
        }
        kind = type(layer).__name__
        return row(place + layer.name, kind, y_shape, field=field, **facts, **counts)

    def _rule(self, layer):
        own = next((rule for kind, rule in self.rules.items() if isinstance(layer, kind)), None)
        return own or _RULES.get(type(layer).__name__, _other)


def _listed(tensors):
    return list(tensors) if isinstance(tensors, list | tuple) else [tensors]


def _bytes(dtype):
    import numpy as np

    return 2 if "bfloat16" in str(dtype) else np.dtype(str(dtype)).itemsize


def _spatial(layer, shape):
    """Return the sides of a picture's shape, wherever its channels are."""
    return shape[1:] if layer.data_format == "channels_first" else shape[:-1]


def _window(layer, kernel, stride):
    return Window(kernel, stride, getattr(layer, "dilation_rate", (1,) * len(kernel)))


def _convolution(layer, x, y):
    matrix = sum(math.prod(v.shape) for v in layer.weights if len(v.shape) > 1)
    window = _window(layer, layer.kernel_size, layer.strides)
    positions = math.prod(_spatial(layer, y))
    return {"matrix": matrix, "positions": positions, "bias": layer.use_bias, "window": window}


def _upward(layer, x, y):
    facts = _convolution(layer, x, y)
    return facts | {"positions": math.prod(_spatial(layer, x)), "window": None}


def _dense(layer, x, y):
    facts = {"matrix": math.prod(layer.kernel.shape), "positions": math.prod(y[:-1])}
    return facts | {"bias": layer.use_bias} | ({"window": None} if len(x) == 1 else {})


def _pool(layer, x, y):
    window = _window(layer, layer.pool_size, layer.strides)
    return {"reads": math.prod(window.kernel), "window": window}


def _global_pool(layer, x, y):
    sides = tuple(_spatial(layer, x))
    return {"reads": math.prod(sides), "window": Window(sides, sides, (1,) * len(sides))}


def _other(layer, x, y):
    """Scales and shifts count nothing; what else its weights do isn't known."""
    plain = all(len(v.shape) <= 1 for v in layer.weights)
    return {} if plain else {"matrix": None, "window": None}


_REARRANGE = ("Flatten", "Reshape", "Permute", "Identity")
_RULES = {"Dense": _dense}
for _n in "123":
    _RULES |= {f"Conv{_n}D": _convolution, f"Conv{_n}DTranspose": _upward}
    _RULES |= {f"{kind}Pooling{_n}D": _pool for kind in ("Max", "Average")}
    _RULES |= {f"Global{kind}Pooling{_n}D": _global_pool for kind in ("Max", "Average")}
    _RULES |= {f"DepthwiseConv{_n}D": _convolution, f"UpSampling{_n}D": lambda *_: {"window": None}}
