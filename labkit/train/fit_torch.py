"""The training loop for PyTorch models."""

import time

import numpy as np

from labkit.train import loop
from labkit.train.checkpoint import settings_of
from labkit.train.checkpoint_torch import TorchCheckpoint


def fit_torch(
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
    scheduler=None,
    on_epoch=None,
    checkpoint=None,
    resume=False,
    progress=None,
):
    """Train a PyTorch model on mini-batches; its device and float type decide those of the data.

    The rows become tensors once, and batches index them, which is quicker than a DataLoader that
    fetches one row at a time. The model is left in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
        Maps a tensor (batch, ...) to one of outputs.
    train : Split or (x, y) pair
        x of shape (n, ...), y of shape (n,) or (n, k). Floats take the model's type. Integer
        targets stay class numbers (int64) unless the model's output has their shape.
    loss_fn : callable
        ``loss_fn(y_pred, y)`` → the mean over the batch, a tensor of shape ().
    optimizer : torch.optim.Optimizer
        Holds the parameters of the model.
    epochs : int ≥ 0
        How many times to visit every row.
    batch_size : int ≥ 1, optional
        Rows a step; None: all of them.
    val : Split or (x, y) pair, optional
        Rows to measure, in evaluation mode and without gradients, at the end of each epoch.
    metrics : dict, optional
        Name to f(y_true, y_pred) → float, where y_pred is the model's output for all rows, as an
        ndarray.
    seed : int ≥ 0
        Epoch e visits the rows in the order ``epoch_order(n, seed=seed, epoch=e)``. Dropout and
        the like follow torch's own seed.
    scheduler : torch.optim.lr_scheduler.LRScheduler, optional
        Stepped after each epoch; ReduceLROnPlateau is given val_loss, or else the loss.
    on_epoch : callable, optional
        ``on_epoch(epoch, history)`` is called after each epoch; True stops the training.
    checkpoint : str or Path, optional
        A file that takes the run's state after each epoch; whole at any moment.
    resume : bool
        Go on from that file if it is there. Build model, optimizer and scheduler as at the start;
        on a CPU the weights end the same to the bit as those of a run that was never stopped.
        What `on_epoch` remembers itself is not in the file.
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
        If rows, targets, sizes or the learning rate do not fit, a value is NaN or infinite, or
        the checkpoint is of another run.
    FloatingPointError
        If a loss becomes NaN or infinite.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    >>> _ = torch.nn.init.zeros_(model.weight)
    >>> history = fit_torch(
    ...     model, (np.ones((2, 1)), np.ones((2, 1))), loss_fn=torch.nn.MSELoss(),
    ...     optimizer=torch.optim.SGD(model.parameters(), lr=0.25), epochs=3)
    >>> history["loss"]
    array([1.    , 0.25  , 0.0625])
    """
    import torch

    if getattr(loss_fn, "reduction", "mean") in ("sum", "none"):
        raise ValueError(f"expected a loss with reduction='mean', got {loss_fn.reduction!r}")
    for group in optimizer.param_groups:
        loop.check_learning_rate(float(group["lr"]))
    parts = loop.examples(train, val)
    batch_size = loop.check_sizes(epochs, batch_size, len(parts["train"][0]))

    weights = [p for p in model.parameters() if p.is_floating_point()] or [torch.empty(0)]
    device, dtype = weights[0].device, weights[0].dtype

    def tensor(array, *, whole):
        kind = {"f": dtype, "i": whole, "u": whole}.get(array.dtype.kind)
        return torch.tensor(np.ascontiguousarray(array), dtype=kind, device=device)

    inputs = {name: tensor(x, whole=None) for name, (x, _) in parts.items()}
    model.eval()
    with torch.no_grad():
        output_shape = model(inputs["train"][:1]).shape
    loop.check_shapes(parts, output_shape)
    loop.check_labels(parts, output_shape, ignore=getattr(loss_fn, "ignore_index", None))
    whole = dtype if output_shape[1:] == parts["train"][1].shape[1:] else torch.int64
    targets = {name: tensor(y, whole=whole) for name, (_, y) in parts.items()}

    run = {"batch_size": batch_size, "seed": seed}
    settings = settings_of(parts, loss_fn=loss_fn, **run) if checkpoint else None
    saved = TorchCheckpoint(checkpoint, model, optimizer, scheduler, settings=settings)
    history, epochs = saved.begin(epochs, resume=resume)
    with loop.epoch_bar(epochs, progress, done=len(history)) as bar:
        for epoch in bar:
            started = time.perf_counter()
            x, y, tally = inputs["train"], targets["train"], loop.Tally(parts["train"][1], metrics)
            model.train()
            for rows in loop.batches(len(x), batch_size, seed=seed, epoch=epoch):
                batch = torch.from_numpy(rows).to(device)
                y_pred = model(x[batch])  # 1 forward
                loss = loss_fn(y_pred, y[batch])  # 2 loss
                optimizer.zero_grad()
                loss.backward()  # 3 backward
                optimizer.step()  # 4 step
                tally.add(rows, loss.detach(), y_pred.detach())  # 5 record
            results = tally.means()
            model.eval()
            if val is not None:
                x, y, tally = inputs["val"], targets["val"], loop.Tally(parts["val"][1], metrics)
                with torch.no_grad():
                    for rows in loop.batches(len(x), batch_size):
                        batch = torch.from_numpy(rows).to(device)
                        y_pred = model(x[batch])
                        tally.add(rows, loss_fn(y_pred, y[batch]), y_pred)
                results |= tally.means("val_")
            if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
                scheduler.step(results.get("val_loss", results["loss"]))
            elif scheduler is not None:
                scheduler.step()
            stop = loop.end_epoch(history, bar, started, results, on_epoch)
            saved.save(history, stopped=stop)
            if stop:
                break
    return history
