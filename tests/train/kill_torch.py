"""Kill a small PyTorch fit at random moments, resume it, and print what it ends with.

Called as ``python kill_torch.py FOLDER KILLS``. PyTorch is imported once, before the forks.
"""

import hashlib
import json
import sys
from pathlib import Path

import killing
import numpy as np
import torch

from labkit.train import fit_torch

RNG = np.random.default_rng(0)
X = RNG.normal(size=(96, 6)).astype(np.float32)
Y = RNG.integers(3, size=96)


def fit(path, on_epoch):
    """Train with dropout, batch norm, momentum and a schedule; return a digest of how it ends."""
    torch.manual_seed(1)
    layers = (torch.nn.Linear(6, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Dropout())
    model = torch.nn.Sequential(*layers, torch.nn.Linear(8, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.5)
    options = {"loss_fn": torch.nn.CrossEntropyLoss(), "optimizer": optimizer, "epochs": 8}
    options |= {"scheduler": scheduler, "batch_size": 8, "val": (X, Y), "seed": 5}
    options |= {"checkpoint": path, "resume": True, "on_epoch": on_epoch}
    history = fit_torch(model, (X, Y), **options)
    tensors = [torch.get_rng_state(), *model.state_dict().values()]
    tensors += [s["momentum_buffer"] for s in optimizer.state_dict()["state"].values()]
    digest = hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in tensors))
    digest.update(repr([history["loss"].tolist(), history["val_loss"].tolist()]).encode())
    return digest.hexdigest()


def warm_up():
    """Load what PyTorch loads at first use; without a backward pass, which could start threads."""
    torch.set_num_threads(1)
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    optimizer.zero_grad()
    optimizer.step()
    torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)


if __name__ == "__main__":
    warm_up()
    found = killing.trials(fit, Path(sys.argv[1]), kills=int(sys.argv[2]), epochs=8)
    print(json.dumps(found))
