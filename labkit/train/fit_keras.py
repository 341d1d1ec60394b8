"""The training loop for Keras models."""

import time

import numpy as np

from labkit.seeds import epoch_order
from labkit.train import loop
from labkit.train.checkpoint import settings_of
from labkit.train.checkpoint_keras import KerasCheckpoint


def fit_keras(
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
    checkpoint=None,
    resume=False,
    progress=None,
):
    """Compile and train a Keras model, one epoch of ``model.fit`` at a time.

    The result is that of one call of ``model.fit`` but for the order of the rows, which depends
    on `seed` and the epoch only, as in the other trainers.

    Parameters
    ----------
    model : keras.Model
        Is compiled anew.
    train : Split or (x, y) pair
        x of shape (n, ...), y of shape (n,) or (n, k).
    loss_fn : keras.losses.Loss or str
        Such as ``"sparse_categorical_crossentropy"``.
    optimizer : keras.optimizers.Optimizer or str
        Such as ``"rmsprop"``.
    epochs : int ≥ 0
        How many times to visit every row.
    batch_size : int ≥ 1, optional
        Rows a step; None: all of them.
    val : Split or (x, y) pair, optional
        Rows to measure, in evaluation mode, at the end of each epoch.
    metrics : list or dict, optional
        Keras metrics or their names; in a dict, a metric object takes the name it stands under.
    seed : int ≥ 0
        Epoch e visits the rows in the order ``epoch_order(n, seed=seed, epoch=e)``. Dropout and
        the like follow Keras's own seed.
    on_epoch : callable, optional
        ``on_epoch(epoch, history)`` is called after each epoch; True stops the training.
    checkpoint : str or Path, optional
        A file that takes the run's state after each epoch; whole at any moment.
    resume : bool
        Go on from that file if it is there. Build model and optimizer as at the start; on a
        CPU the weights end the same to the bit as those of a run that was never stopped. What
        `on_epoch` remembers itself is not in the file.
    progress : bool, optional
        Show a progress bar; None: in a terminal or notebook.

    Returns
    -------
    History
        Columns epoch, seconds, loss, the metrics, val_loss and ``val_`` metrics.

    Raises
    ------
    ValueError
        If rows, targets, sizes or the learning rate do not fit, a value is NaN or infinite, or
        the checkpoint is of another run.
    FloatingPointError
        If a loss becomes NaN or infinite.

    Examples
    --------
    >>> import keras
    >>> model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
    >>> history = fit_keras(
    ...     model, ([[1.0], [1.0]], [[1.0], [1.0]]), loss_fn="mse",
    ...     optimizer=keras.optimizers.SGD(0.125), epochs=3)
    >>> history["loss"]
    array([1.    , 0.25  , 0.0625])
    """
    import tensorflow as tf

    parts = loop.examples(train, val)
    x, y = parts["train"]
    batch_size = loop.check_sizes(epochs, batch_size, len(x))
    model.compile(optimizer=optimizer, loss=loss_fn, metrics=_named(metrics))
    loop.check_learning_rate(float(model.optimizer.learning_rate))
    # A model that has not seen its input yet is built by one row.
    shape = getattr(model, "output_shape", None) or model(x[:1], training=False).shape
    loop.check_labels(parts, tuple(shape), ignore=getattr(loss_fn, "ignore_class", None))

    order = tf.Variable(np.arange(len(x)))
    dataset = _in_batches(x, y, order, batch_size)
    options = {"validation_data": parts.get("val"), "validation_batch_size": batch_size}
    options |= {"shuffle": False, "verbose": 0}
    run = {"batch_size": batch_size, "seed": seed}
    settings = settings_of(parts, loss_fn=loss_fn, **run) if checkpoint else None
    saved = KerasCheckpoint(checkpoint, model, settings=settings)
    history, epochs = saved.begin(epochs, resume=resume)
    with loop.epoch_bar(epochs, progress, done=len(history)) as bar:
        for epoch in bar:
            started = time.perf_counter()
            order.assign(epoch_order(len(x), seed=seed, epoch=epoch))
            # 1 forward, 2 loss, 3 backward and 4 step, of each batch:
            fit = model.fit(dataset, initial_epoch=epoch, epochs=epoch + 1, **options)
            results = _in_order(fit.history, model.get_metrics_result())  # 5 record
            stop = loop.end_epoch(history, bar, started, results, on_epoch)
            saved.save(history, stopped=stop)
            if stop:
                break
    return history


def _in_batches(x, y, order, batch_size):
    """Return a tf.data.Dataset of batches whose rows follow the variable `order`.

    The arrays become tensors once; an epoch costs no copy of its own.
    """
    import tensorflow as tf

    with tf.device("CPU"):
        x, y = tf.constant(x), tf.constant(y)

    def rows(positions):
        return tuple(tf.gather(part, tf.gather(order, positions)) for part in (x, y))

    return tf.data.Dataset.range(len(x)).batch(batch_size).map(rows).prefetch(tf.data.AUTOTUNE)


def _named(metrics):
    """Return the metrics as a list; a dict's metric objects take the names they stand under."""
    if not isinstance(metrics, dict):
        return metrics
    for name, metric in metrics.items():
        if hasattr(metric, "update_state"):
            metric.name = name
        elif metric != name:
            raise ValueError(f"expected a keras.metrics object for {name!r}, got {metric!r}")
    return list(metrics.values())


def _in_order(measured, names):
    """Return an epoch's results as floats, in the order loss, metrics, val_loss, val_ metrics."""
    names = ["loss", *(name for name in names if name != "loss")]
    names += ["val_" + name for name in names]
    return {name: float(measured[name][-1]) for name in names if name in measured}
