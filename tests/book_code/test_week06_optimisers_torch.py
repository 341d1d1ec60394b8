"""The chapter's Adam with a schedule in PyTorch is the one in NumPy, and that is labkit's."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from labkit.scratch import schedules
from labkit.scratch.optim import Adam

pytestmark = pytest.mark.torch

folder = Path(__file__).parents[2] / "book/code"
twin = runpy.run_path(str(folder / "week06_optimisers_numpy.py"))
code = runpy.run_path(str(folder / "week06_optimisers_torch.py"))
H = np.array([[3.0, 1.0], [1.0, 0.5]])
START = np.array([1.0, -2.0])


def test_pytorch_follows_numpy_through_warm_up_and_cosine():
    ours = twin["descend"](lambda w: H @ w, START, 0.3, 5, 60)
    theirs = code["descend"](lambda w: w @ torch.tensor(H) @ w / 2, START, 0.3, 5, 60)
    np.testing.assert_allclose(theirs, ours, rtol=1e-10)


def test_the_numpy_twin_is_made_of_labkits_parts():
    params, optimizer = {"w": START.copy()}, Adam()
    rate = schedules.cosine(0.3, total=60, warmup=5)
    for t in range(60):
        assert twin["rate"](t, 0.3, 5, 60) == pytest.approx(rate(t), abs=1e-15)
        optimizer.learning_rate = rate(t)
        optimizer.step(params, {"w": H @ params["w"]})
    ours = twin["descend"](lambda w: H @ w, START, 0.3, 5, 60)
    np.testing.assert_allclose(params["w"], ours, rtol=1e-12)
