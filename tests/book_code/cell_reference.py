"""Weights and inputs for the chapter's cells, and labkit's layers with the same weights."""

import numpy as np

from labkit.scratch import rnn


def weights(blocks, d=3, h=4, seed=0):
    """Return a dict of arrays; both biases for three blocks, one for four."""
    rng = np.random.default_rng(seed)
    p = {"Wx": rng.normal(size=(d, blocks * h)), "Wh": rng.normal(size=(h, blocks * h))}
    for name in ("b", "bh")[: 2 if blocks == 3 else 1]:
        p[name] = rng.normal(size=blocks * h)
    return p


def inputs(steps=6, n=2, d=3):
    """Return x (steps, n, d)."""
    return np.random.default_rng(1).normal(size=(steps, n, d))


def labkit_outputs(name, x, p):
    """Return the outputs of labkit's layer with the weights of p."""
    layer = getattr(rnn, name)(len(p["Wx"]), len(p["Wh"]), rng=np.random.default_rng(0))
    bh = p.get("bh", np.zeros_like(p["b"]))
    layer.params |= {"w_ih": p["Wx"].T, "w_hh": p["Wh"].T, "b_ih": p["b"], "b_hh": bh}
    return layer.forward(x)[0]
