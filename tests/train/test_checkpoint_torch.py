"""A PyTorch run that was killed goes on to the same weights, to the bit."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labkit.history import History
from labkit.train import fit_torch
from labkit.train.checkpoint_torch import TorchCheckpoint

pytestmark = pytest.mark.torch

HERE = Path(__file__).parent
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 4)).astype(np.float32)
Y = RNG.integers(3, size=12)


def network(width=5, seed=0):
    import torch

    torch.manual_seed(seed)
    layers = torch.nn.Linear(4, width), torch.nn.BatchNorm1d(width), torch.nn.Dropout(0.4)
    return torch.nn.Sequential(*layers, torch.nn.ReLU(), torch.nn.Linear(width, 3))


def plateau(optimizer):
    import torch

    return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=0, threshold=1.0)


def cosine(optimizer):
    import torch

    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=6)


def fit(train=(X, Y), *, model=None, rate=0.05, epochs=6, scheduler=None, kind="Adam", **options):
    """Return the history, and all the numbers that the run ends with, as bytes."""
    import torch

    model = model or network()
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=rate)
    options = {"loss_fn": torch.nn.CrossEntropyLoss(), "batch_size": 5, "seed": 2} | options
    if scheduler:
        options["scheduler"] = scheduler(optimizer)
    history = fit_torch(model, train, optimizer=optimizer, epochs=epochs, **options)
    numbers = [*model.state_dict().values(), torch.get_rng_state()]
    for state in optimizer.state_dict()["state"].values():
        numbers += [torch.as_tensor(value) for value in state.values() if value is not None]
    return history, b"".join(number.numpy().tobytes() for number in numbers)


@pytest.mark.parametrize("kind", ["SGD", "Adam", "RMSprop"])
@pytest.mark.parametrize("scheduler", [None, plateau, cosine])
def test_a_run_in_two_parts_ends_as_one_in_one_part(tmp_path, kind, scheduler):
    import torch

    options = {"kind": kind, "scheduler": scheduler, "val": (X, Y)}
    whole, expected = fit(**options)
    path = tmp_path / "run.pt"
    fit(epochs=4, checkpoint=path, **options)
    torch.rand(7)  # other work in between
    history, found = fit(checkpoint=path, resume=True, **options)
    assert history["loss"].tolist() == whole["loss"].tolist()
    assert history["val_loss"].tolist() == whole["val_loss"].tolist()
    assert found == expected
    again, found = fit(checkpoint=path, resume=True, **options)  # nothing left to do
    assert again == history
    assert found == expected


def test_without_torchs_random_stream_the_end_would_differ(tmp_path, monkeypatch):
    import torch

    expected = fit()[1]
    fit(epochs=3, checkpoint=tmp_path / "run.pt")
    monkeypatch.setattr(torch, "set_rng_state", lambda state: None)
    assert fit(checkpoint=tmp_path / "run.pt", resume=True)[1] != expected


def test_a_run_killed_at_twenty_moments_ends_with_the_same_weights(tmp_path):
    command = [sys.executable, HERE / "kill_torch.py", tmp_path, "20"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert len(found["ends"]) >= 15  # the others ended before their kill came
    assert set(found["ends"]) == {found["whole"]}


def test_a_run_that_was_stopped_stays_stopped(tmp_path):
    path = tmp_path / "run.pt"
    stop = {"on_epoch": lambda epoch, history: epoch == 2, "checkpoint": path}
    history, end = fit(**stop)
    assert fit(**stop, resume=True) == (history, end)
    assert len(history) == 3


def test_without_resume_the_file_is_begun_anew(tmp_path):
    path = tmp_path / "run.pt"
    fit(checkpoint=path, rate=0.5)
    assert fit(checkpoint=path)[1] == fit()[1]
    assert fit(checkpoint=path, resume=True)[1] == fit()[1]


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ({"rate": 0.04}, "optimizer"),
        ({"kind": "AdamW"}, "optimizer"),
        ({"scheduler": cosine}, "optimizer"),  # it writes an initial rate there
        ({"batch_size": 4}, "batch_size"),
        ({"seed": 3}, "seed"),
        ({"train": (X[::-1], Y)}, "train rows"),
        ({"val": (X, Y)}, "val rows"),
        ({"loss_fn": "mean"}, "loss_fn"),
        ({"width": 6}, "model"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_the_model_left_alone(tmp_path, other, name):
    fit(checkpoint=tmp_path / "run.pt", epochs=2)
    model = network(other.pop("width", 5), seed=1)
    if "loss_fn" in other:
        other["loss_fn"] = lambda y_pred, y: y_pred.mean()
    before = [weight.clone() for weight in model.state_dict().values()]
    with pytest.raises(ValueError, match=f"one that differs in {name}: .* another path"):
        fit(model=model, checkpoint=tmp_path / "run.pt", resume=True, **other)
    after = model.state_dict().values()
    assert all((a == b).all() for a, b in zip(before, after, strict=True))


def test_a_file_that_would_run_code_is_refused_unread(tmp_path):
    import torch

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    torch.save({"notes": Trap()}, tmp_path / "run.pt")
    with pytest.raises(ValueError, match="delete it to start anew"):
        fit(checkpoint=tmp_path / "run.pt", resume=True)
    assert not (tmp_path / "sprung").exists()
    whole = tmp_path / "whole.pt"
    fit(checkpoint=whole, epochs=1)
    (tmp_path / "run.pt").write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(ValueError, match="delete it to start anew"):
        fit(checkpoint=tmp_path / "run.pt", resume=True)


def test_a_saved_model_predicts_the_same_in_a_new_process(tmp_path):
    import torch

    model = network()
    fit(model=model, epochs=2)
    TorchCheckpoint(tmp_path / "model.pt", model).save(History())
    np.save(tmp_path / "x.npy", X)
    code = (
        "import sys, numpy as np, torch\n"
        "from labkit.train.checkpoint_torch import TorchCheckpoint\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_checkpoint_torch import network\n"
        "model = network(seed=9)\n"
        "TorchCheckpoint(sys.argv[2] + '/model.pt', model).load()\n"
        "x = torch.from_numpy(np.load(sys.argv[2] + '/x.npy'))\n"
        "np.save(sys.argv[2] + '/y.npy', model.eval()(x).detach().numpy())\n"
    )
    command = [sys.executable, "-c", code, HERE, tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    with torch.no_grad():
        assert (np.load(tmp_path / "y.npy") == model(torch.from_numpy(X)).numpy()).all()
