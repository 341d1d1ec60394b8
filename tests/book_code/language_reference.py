"""The chapter's recurrent network in NumPy: what both frameworks are compared with."""

import runpy
from pathlib import Path

import numpy as np

from labkit.text import sequential_batches

K, UNITS, BATCH, STEPS = 5, 4, 3, 6
book = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week11_bptt_numpy.py"))


def minibatches():
    """Return an epoch of sequential minibatches, inputs one-hot (b, t, k), targets ids (b, t)."""
    rng = np.random.default_rng(3)
    ids = rng.integers(K, size=80)
    drawn = sequential_batches(ids, batch_size=BATCH, steps=STEPS, rng=rng)
    return [(np.eye(K, dtype=np.float32)[x], y) for x, y in drawn]


def train_epoch(w, batches, *, theta=1.0, rate=1.0):
    """Return the losses of one epoch, and the clip factors; change the weights w in place."""
    state, losses, factors = np.zeros((BATCH, UNITS)), [], []
    for x, y in batches:
        rows = list(zip(x.astype(float), np.eye(K)[y], state, strict=True))
        losses.append(np.mean([book["loss"](*row, w) for row in rows]))
        dw = [book["backward"](*row, w) for row in rows]  # row by row, each a list of arrays
        dw = [np.mean(parts, axis=0) for parts in zip(*dw, strict=True)]
        state = np.array([book["forward"](a, h0, w)[0][-1] for a, _, h0 in rows])
        factors.append(min(1.0, theta / np.sqrt(sum((g**2).sum() for g in dw))))
        for part, gradient in zip(w, dw, strict=True):
            part -= rate * factors[-1] * gradient
    return losses, factors
