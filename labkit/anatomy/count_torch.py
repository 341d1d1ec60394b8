"""The layers of a PyTorch model, counted during one forward pass without numbers."""

import copy
import math

from labkit.anatomy.table import Field, Window, frame, row, widest


def torch_layers(model, input_shape, *, rules=None):
    """Count what each layer of a PyTorch model has, does and keeps.

    A copy without numbers is run once, in training mode, on the "meta" device; the model itself is
    left alone, and however large it is, this takes no memory and no time to speak of.

    Parameters
    ----------
    model : torch.nn.Module
    input_shape : tuple of int
        Of one example, without the batch axis: (c, h, w) for pictures.
    rules : dict, optional
        For layers of your own, from their class to f(module, x_shape, y_shape), which returns
        keywords of :func:`labkit.anatomy.table.row` (matrix, positions, reads, bias) and perhaps
        ``window``, a :class:`labkit.anatomy.table.Window`.

    Returns
    -------
    pandas.DataFrame
        One row a layer (a module without modules in it, or with weights of its own), in the order
        of the forward pass; the columns of :data:`labkit.anatomy.table.COLUMNS`. What functions
        outside of modules store (``torch.relu``, a sum) is in rows of the kind "function"; they
        count no multiply-adds. A number is <NA> where it can't be told, as in layers
        that have no rule.

    Raises
    ------
    RuntimeError
        From the model, if it doesn't take inputs of that shape.

    Examples
    --------
    >>> from torch import nn
    >>> net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2))
    >>> table = torch_layers(net, (1, 32, 32))
    >>> table[["kind", "output", "parameters", "connections", "receptive_field"]]
            kind       output  parameters  connections  receptive_field
    0     Conv2d  (6, 28, 28)         156       122304                5
    1       ReLU  (6, 28, 28)           0            0                5
    2  MaxPool2d  (6, 14, 14)           0         4704                6
    """
    import torch

    twin, kinds = _without_numbers(model), {torch.float32, torch.float64, torch.float16}
    dtype = next((p.dtype for p in twin.parameters() if p.dtype in kinds), torch.float32)
    x = torch.empty(2, *input_shape, device="meta", dtype=dtype)  # two, for batch norm
    axes = len(input_shape) - 1
    x.field = Field((1,) * axes, (1,) * axes) if axes else None
    walk = _Walk(twin, rules or {})
    hooks = [m.register_forward_pre_hook(walk.enter) for m in walk.leaves]
    hooks += [m.register_forward_hook(walk.leave) for m in walk.leaves]
    saved = torch.autograd.graph.saved_tensors_hooks(walk.keep, lambda tensor: tensor)
    with saved, _fields_pass_through():
        twin(x)
    for hook in hooks:
        hook.remove()
    for module in walk.leaves:  # those that the forward pass never called
        counts = walk.own_counts(module, stored=0)
        if counts["parameters"]:
            walk.rows.append(row(walk.names[module], type(module).__name__, (0,), **counts))
    return frame(walk.rows)


def _leaves(module):
    """Return the modules to count: those without modules in them, or with weights of their own."""
    parts = list(module.children())
    if not parts or list(module.parameters(recurse=False)):
        return [module]
    return [leaf for part in parts for leaf in _leaves(part)]


def _without_numbers(model):
    """Return a copy of the model whose parameters and buffers have shapes only, to train."""
    import torch

    swaps = {}
    for kind in (model.parameters(), model.buffers()):
        for tensor in kind:
            empty = torch.empty_like(tensor, device="meta")
            if isinstance(tensor, torch.nn.Parameter):
                empty = torch.nn.Parameter(empty, requires_grad=tensor.requires_grad)
            swaps[id(tensor)] = empty
    return copy.deepcopy(model, swaps).train()


def _fields_pass_through():
    """Return a mode in which what a function makes has the widest field of what it was given."""
    import torch
    from torch.overrides import TorchFunctionMode

    class Mode(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            given = [a for arg in args for a in (arg if isinstance(arg, list | tuple) else [arg])]
            fields = [a.field for a in given if hasattr(a, "field")]
            if isinstance(result, torch.Tensor) and fields and not hasattr(result, "field"):
                same_axes = result.ndim == given[0].ndim if hasattr(given[0], "ndim") else True
                result.field = widest(fields) if same_axes else None  # flattened: all of it
            return result

    return Mode()


class _Walk:
    """What the hooks see: each layer's shapes, and the tensors that are kept meanwhile."""

    def __init__(self, model, rules):
        self.rules, self.rows, self.kept, self.inside = rules, [], {}, []
        self.names = {m: name or "model" for name, m in model.named_modules()}
        self.leaves = list(dict.fromkeys(_leaves(model)))
        self.own = {_storage(p) for p in [*model.parameters(), *model.buffers()]}
        self.counted = set()

    def enter(self, module, inputs):
        self.inside.append(0)

    def keep(self, tensor):
        """Count a tensor that the backward pass will need, once, unless it is a parameter."""
        place = _storage(tensor)
        if place not in self.own and place not in self.kept:
            self.kept[place] = tensor  # held, so that no other tensor takes its place
            size = tensor.untyped_storage().nbytes() // 2  # of one of the two examples
            if self.inside:
                self.inside[-1] += size
            elif self.rows and self.rows[-1]["kind"] == "function":
                self.rows[-1]["stored_bytes"] += size
            else:
                self.rows.append(row("between", "function", tensor.shape[1:], stored_bytes=size))
                self.rows[-1] |= dict.fromkeys(("activations", "multiply_adds", "connections"))
        return tensor

    def own_counts(self, module, *, stored):
        """Count the parameters that no layer before had, which sharing makes possible."""
        new = [p for p in module.parameters() if _storage(p) not in self.counted]
        self.counted |= {_storage(p) for p in new}
        return {
            "parameters": sum(p.numel() for p in new),
            "trainable": sum(p.numel() for p in new if p.requires_grad),
            "weight_bytes": sum(p.numel() * p.element_size() for p in new),
            "stored_bytes": stored,
        }

    def leave(self, module, inputs, output):
        import torch

        counts = self.own_counts(module, stored=self.inside.pop())
        x, y = inputs[0], output if isinstance(output, torch.Tensor) else output[0]
        facts = self._rule(module)(module, tuple(x.shape[1:]), tuple(y.shape[1:]))
        field = getattr(x, "field", None)
        if "window" in facts:
            window = facts.pop("window")
            field = field and window and field.after(window)
        elif x.ndim != y.ndim:
            field = None
        y.field = field
        name, kind = self.names[module], type(module).__name__
        self.rows.append(row(name, kind, y.shape[1:], field=field, **facts, **counts))

    def _rule(self, module):
        known = [*self.rules.items(), *_rules().items()]
        return next((rule for kind, rule in known if isinstance(module, kind)), _other)


def _storage(tensor):
    return tensor.untyped_storage()._cdata


def _rules():
    from torch.nn.modules import conv, linear, pooling

    return {
        conv._ConvTransposeNd: _upward,
        conv._ConvNd: _convolution,
        linear.Linear: _dense,
        (pooling._MaxPoolNd, pooling._AvgPoolNd): _pool,
        (pooling._AdaptiveMaxPoolNd, pooling._AdaptiveAvgPoolNd): _adaptive,
    }


def _convolution(module, x, y):
    window = Window(module.kernel_size, module.stride, module.dilation)
    return _weights(module, math.prod(y[1:])) | {"window": window}


def _upward(module, x, y):
    return _weights(module, math.prod(x[1:])) | {"window": None}  # the field isn't followed


def _dense(module, x, y):
    return _weights(module, math.prod(y[:-1])) | ({"window": None} if len(x) == 1 else {})


def _weights(module, positions):
    bias = module.bias is not None
    return {"matrix": module.weight.numel(), "positions": positions, "bias": bias}


def _pool(module, x, y):
    axes = len(y) - 1
    options = (module.kernel_size, module.stride, getattr(module, "dilation", 1))
    window = Window(*(o if isinstance(o, tuple) else (o,) * axes for o in options))
    return {"reads": math.prod(window.kernel), "window": window}


def _adaptive(module, x, y):
    kernel = tuple(math.ceil(a / b) for a, b in zip(x[1:], y[1:], strict=True))
    even = all(a % b == 0 for a, b in zip(x[1:], y[1:], strict=True))
    return {"reads": math.prod(kernel), "window": Window(kernel, kernel, (1,) * len(kernel))} | (
        {} if even else {"window": None}
    )


def _other(module, x, y):
    """Scales and shifts count nothing; what else its weights do isn't known."""
    plain = all(p.ndim <= 1 for p in module.parameters())
    return {} if plain else {"matrix": None, "window": None}
