"""The chapter's net with batch norm in PyTorch is the one in NumPy; its file holds all of it."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("batchnorm_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_batchnorm_torch.py"))


def test_pytorch_follows_numpy_for_ten_epochs_and_its_file_predicts_the_same(tmp_path):
    torch.manual_seed(1)
    (x, y), val, path = reference["rows"](), reference["rows"](n=32), tmp_path / "best.pt"
    net = code["network"](4, 3, units=5)
    w, w_out = (net[i].weight.detach().numpy().T for i in (0, 3))
    # PyTorch's running variance divides by n − 1, that of Keras by n.
    twin = reference["network"](w, w_out, net[3].bias.detach().numpy(), unbiased=True)
    losses = code["train"](net, x, y, val, 10, len(x), path)
    np.testing.assert_allclose(losses, reference["train"](twin, x, y, val, len(losses)), rtol=1e-4)
    assert len(losses) == 10
    assert np.argmin(losses) == 9
    np.testing.assert_allclose(code["predict"](net, x), twin.forward(x), atol=1e-4)
    again = code["load"](code["network"](4, 3, units=5), path)
    np.testing.assert_allclose(code["predict"](again, x), code["predict"](net, x), atol=1e-6)


def test_a_run_that_gets_worse_stops_and_keeps_its_best_weights(tmp_path):
    torch.manual_seed(1)
    x, y = reference["rows"]()
    val = x, (y + 1) % 3  # the better it learns, the worse it does here
    net = code["network"](4, 3, units=5)
    losses = code["train"](net, x, y, val, 30, 16, tmp_path / "best.pt", patience=2)
    assert len(losses) == int(np.argmin(losses)) + 1 + 2
    logits = torch.tensor(code["predict"](net, x))
    mine = torch.nn.functional.cross_entropy(logits, torch.tensor(val[1])).item()
    assert mine == pytest.approx(min(losses), rel=1e-4)
