"""Checkpoints of PyTorch runs: model, optimiser, scheduler and torch's random stream."""

from labkit.train.checkpoint import Checkpoint


class TorchCheckpoint(Checkpoint):
    """The file of one PyTorch run; on a CPU a resumed run ends with the same weights to the bit.

    It is read with ``weights_only=True``: tensors, numbers and text, nothing that could run.

    Parameters
    ----------
    path : str, Path or None
        The file; None: nothing is ever written.
    model : torch.nn.Module
        Its printed form, and its parameters' shapes and types, must be those of the saved one.
    optimizer : torch.optim.Optimizer, optional
        The same holds for its printed form; it is compared as it was before the first step.
    scheduler : torch.optim.lr_scheduler.LRScheduler, optional
        Its type must be the same.
    settings : dict, optional
        What else must be the same, name to JSON value.

    Examples
    --------
    >>> import tempfile, torch
    >>> from labkit.history import History
    >>> path = tempfile.mkdtemp() + "/line.pt"
    >>> TorchCheckpoint(path, torch.nn.Linear(2, 1)).save(History([{"epoch": 0, "loss": 0.5}]))
    >>> TorchCheckpoint(path, torch.nn.Linear(2, 1)).load()
    (History(1 epochs: loss 0.5), False)
    >>> TorchCheckpoint(path, torch.nn.Linear(3, 1)).load()
    Traceback (most recent call last):
        ...
    ValueError: expected a checkpoint of this run in ..., got one that differs in model: ...
    """

    def __init__(self, path, model, optimizer=None, scheduler=None, *, settings=None):
        parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
        self.parts = {name: part for name, part in parts.items() if part is not None}
        described = None if path is None else {**self._described(), **(settings or {})}
        super().__init__(path, described)

    def _described(self):
        # A printed module or optimiser names its layers, or its rates.
        described = {name: " ".join(str(part).split()) for name, part in self.parts.items()}
        if "scheduler" in self.parts:
            described["scheduler"] = type(self.parts["scheduler"]).__name__
        state = self.parts["model"].state_dict()
        weights = {name: f"{w.dtype} {tuple(w.shape)}" for name, w in state.items()}
        return {**described, "weights": weights}

    def write(self, file, notes) -> None:
        """Write the state and the notes to an open file."""
        import torch

        state = {name: part.state_dict() for name, part in self.parts.items()}
        torch.save({"notes": notes, "state": state, "random": torch.get_rng_state()}, file)

    def read(self) -> tuple:
        """Return the notes, and the state that :meth:`restore` takes."""
        import torch

        saved = torch.load(self.path, map_location="cpu", weights_only=True)
        return saved["notes"], (saved["state"], saved["random"])

    def restore(self, saved) -> None:
        """Put a state into the model, the optimiser, the scheduler and torch's generator."""
        import torch

        state, random = saved
        for name, part in self.parts.items():
            part.load_state_dict(state[name])
        torch.set_rng_state(random)
