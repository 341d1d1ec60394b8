"""The training loop for models in NumPy (:mod:`labkit.scratch`)."""

import time

import numpy as np

from labkit.history import History
from labkit.train import loop


def fit_numpy(
    model,
    train,
    *,
    loss_fn,
    optimizer,
    epochs,
    batch_size=None,
    val=None,
    metrics=None,
    seed=0,
    on_epoch=None,
    progress=None,
):
    """Train a NumPy model on mini-batches.

    Parameters
    ----------
    model : object
        Has ``forward(x, training=…)``, ``backward(dL/dy_pred)`` and the dicts of ndarrays
        ``params`` and ``grads``.
    train : Split or (x, y) pair
        x of shape (n, ...), y of shape (n,) or (n, k).
    loss_fn : object
        Has ``forward(y_pred, y)``, a mean over the examples, and ``backward(y_pred, y)``.
    optimizer : object
        Has ``step(params, grads)``, which changes params in place.
    epochs : int ≥ 0
        How many times to visit every row.
    batch_size : int ≥ 1, optional
        Rows a step; None: all of them.
    val : Split or (x, y) pair, optional
        Rows to measure, and not train on, at the end of each epoch.
    metrics : dict, optional
        Name to f(y_true, y_pred) → float, where y_pred is the model's output for all rows.
    seed : int ≥ 0
        Epoch e visits the rows in the order ``epoch_order(n, seed=seed, epoch=e)``.
    on_epoch : callable, optional
        ``on_epoch(epoch, history)`` is called after each epoch; True stops the training.
    progress : bool, optional
        Show a progress bar; None: in a terminal or notebook.

    Returns
    -------
    History
        Columns epoch, seconds, loss, the metrics, val_loss and ``val_`` metrics. The training
        values are of the outputs during the epoch, while the parameters changed, as in Keras.

    Raises
    ------
    ValueError
        If rows, targets or sizes do not fit, or a value is NaN or infinite.
    FloatingPointError
        If a loss becomes NaN or infinite.

    References
    ----------
    Book equation eq-logistic-update.

    Examples
    --------
    >>> from labkit.scratch import losses, optim, perceptron
    >>> x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    >>> history = fit_numpy(
    ...     perceptron.LogisticNeuron(np.array([10.0, 10.0]), 10.0), (x, y), epochs=3,
    ...     loss_fn=losses.BinaryCrossEntropyWithLogits, optimizer=optim.SGD(1.0))
    >>> history["loss"].round(5)
    array([12.50001, 11.81253, 11.12508])
    """
    parts = loop.examples(train, val)
    x, y = parts["train"]
    batch_size = loop.check_sizes(epochs, batch_size, len(x))
    history = History()
    # Divergence is reported once, as an error, by end_epoch; not by a warning at each step.
    with loop.epoch_bar(epochs, progress) as bar, np.errstate(over="ignore", invalid="ignore"):
        loop.check_labels(parts, model.forward(x[:1], training=False).shape)
        for epoch in bar:
            started = time.perf_counter()
            tally = loop.Tally(y, metrics)
            for rows in loop.batches(len(x), batch_size, seed=seed, epoch=epoch):
                y_pred = model.forward(x[rows], training=True)  # 1 forward
                loss = loss_fn.forward(y_pred, y[rows])  # 2 loss
                model.backward(loss_fn.backward(y_pred, y[rows]))  # 3 backward
                optimizer.step(model.params, model.grads)  # 4 step
                tally.add(rows, loss, y_pred)  # 5 record
            results = tally.means()
            if val is not None:
                val_x, val_y = parts["val"]
                tally = loop.Tally(val_y, metrics)
                for rows in loop.batches(len(val_x), batch_size):
                    y_pred = model.forward(val_x[rows], training=False)
                    tally.add(rows, loss_fn.forward(y_pred, val_y[rows]), y_pred)
                results |= tally.means("val_")
            if loop.end_epoch(history, bar, started, results, on_epoch):
                break
    return history
