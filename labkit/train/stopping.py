"""When to stop a training run: after the validation rows have had nothing to gain for a while."""


def stop_early(metric: str = "val_loss", *, patience: int, mode: str = "min"):
    """Return an ``on_epoch`` hook that ends a run once a metric hasn't improved for some epochs.

    The weights at the end are the last ones, not the best; the history says which epoch was best.

    Parameters
    ----------
    metric : str
        A column of the history.
    patience : int ≥ 1
        How many epochs without a new best end the run.
    mode : {"min", "max"}
        Whether low or high is good.

    Returns
    -------
    callable
        ``on_epoch(epoch, history) -> bool``, for each of the trainers.

    Raises
    ------
    ValueError
        If the patience is below 1.

    References
    ----------
    Prechelt (1998), "Early stopping – but when?".

    Examples
    --------
    >>> from labkit.history import History
    >>> history = History([{"epoch": e, "val_loss": v} for e, v in enumerate((0.7, 0.5, 0.6, 0.6))])
    >>> stop_early(patience=2)(3, history), stop_early(patience=3)(3, history)
    (True, False)
    """
    if patience < 1:
        raise ValueError(f"expected a patience of at least one epoch, got {patience}")

    def on_epoch(epoch, history):
        return epoch - history.best(metric, mode=mode)["epoch"] >= patience

    return on_epoch
