"""The chapter's LeNet in PyTorch is the one in NumPy, to single precision."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("lenet_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week08_lenet_torch.py"))


def test_pytorch_follows_numpy_for_five_steps():
    torch.manual_seed(1)
    x, y = reference["photos"]()
    net = code["lenet"]()
    assert sum(p.numel() for p in net.parameters()) == 62_006
    pairs = [
        (layer.weight.detach().numpy(), layer.bias.detach().numpy())
        for layer in net
        if hasattr(layer, "weight")
    ]
    twin = reference["lenet"](pairs[:2], [(w.T, b) for w, b in pairs[2:]])
    np.testing.assert_allclose(code["logits"](net, x), twin.forward(x), atol=1e-5)
    losses = code["train"](net, x, y, 5, len(x))
    np.testing.assert_allclose(losses, reference["train"](twin, x, y, 5), rtol=1e-3)
    np.testing.assert_allclose(code["logits"](net, x), twin.forward(x), atol=1e-2)


def test_batches_of_any_size_reduce_the_loss():
    torch.manual_seed(1)
    x, y = reference["photos"](10)
    losses = code["train"](code["lenet"](), x, y, 30, 3)
    assert losses[-1] < 0.8 * losses[0]
