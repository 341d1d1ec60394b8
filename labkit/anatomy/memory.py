"""How much memory training will take, from the table of a model's layers."""

SLOTS = {
    "sgd": (0, 0),
    "momentum": (1, 0),
    "rmsprop": (1, 1),
    "adagrad": (1, 1),
    "adadelta": (2, 2),
    "adam": (2, 2),
    "adamw": (2, 2),
}
"""Numbers that an optimiser keeps for each trainable parameter, and those it needs for a moment."""


def training_memory(table, *, batch_size: int, optimizer: str = "sgd") -> dict:
    """Return the bytes that are alive together when a training step is at its largest.

    The loop meant has taken a step before, and frees the old gradients after the forward pass. So
    weights, gradients and the optimiser's numbers are there all the time, and to them comes the
    largest of three: what the forward pass stored; in the backward pass, what of it is still
    needed at a layer, and the gradients of that layer's outputs and inputs; in the optimiser's
    step, its passing copies of the largest layer's weights. The rows that wait for their turn are
    left out, and the framework itself, and the workspace of single operations. On PyTorch that is
    within 15 % of the measured peak (there is a test); TensorFlow keeps more of a convolutional
    net's activations, and for it the number is a lower bound.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`~labkit.anatomy.count_torch.torch_layers` or its Keras twin.
    batch_size : int ≥ 1
    optimizer : str
        A name of SLOTS; "momentum" is SGD with it.

    Returns
    -------
    dict
        weights, gradients, optimizer, activations (stored), working (what comes on top of all these
        at the worst moment) and total, int, in bytes.

    Raises
    ------
    ValueError
        If the optimiser isn't known.

    References
    ----------
    Book equation eq-conv-memory.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = {"parameters": 10, "trainable": 10, "weight_bytes": 40, "stored_bytes": 100}
    >>> table = pd.DataFrame([counts | {"activations": 5}])
    >>> training_memory(table, batch_size=8, optimizer="adam")  # doctest: +NORMALIZE_WHITESPACE
    {'weights': 40, 'gradients': 40, 'optimizer': 80, 'activations': 800, 'working': 160,
     'total': 1120}
    """
    if optimizer not in SLOTS:
        raise ValueError(f"expected optimizer to be one of {', '.join(SLOTS)}, got {optimizer!r}")
    if batch_size < 1:
        raise ValueError(f"expected batch_size ≥ 1, got {batch_size}")
    slots, passing = SLOTS[optimizer]
    owned = table[table["parameters"] > 0]
    gradients = owned["trainable"] / owned["parameters"] * owned["weight_bytes"]  # by layer
    size = (owned["weight_bytes"] / owned["parameters"]).max() if len(owned) else 4  # of a number
    outputs = table["activations"].fillna(0) * size
    inputs = outputs.shift(fill_value=0)
    stored = table["stored_bytes"].cumsum()  # what is left when the backward pass reaches a layer
    backward = batch_size * int((stored + outputs + inputs).max())
    parts = {"weights": int(table["weight_bytes"].sum()), "gradients": round(gradients.sum())}
    parts["optimizer"] = slots * parts["gradients"]
    parts["activations"] = batch_size * int(table["stored_bytes"].sum())
    most = max(backward, passing * round(gradients.max()) if len(owned) else 0)
    parts["working"] = max(0, most - parts["activations"])
    return parts | {"total": sum(parts.values())}
