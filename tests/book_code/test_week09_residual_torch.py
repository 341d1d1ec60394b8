"""The chapter's residual net in PyTorch is the one in NumPy, in training and in inference."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("residual_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week09_residual_torch.py"))


def test_pytorch_gives_numpys_logits_in_training_and_in_inference():
    torch.manual_seed(1)
    net, x = code["small_resnet"](), reference["pictures"]()
    assert sum(p.numel() for p in net.parameters()) == 19_754
    pairs = [
        (m.weight.detach().numpy(), m.bias.detach().numpy())
        for m in net.modules()
        if isinstance(m, torch.nn.Conv2d)
    ]
    dense = (net[-1].weight.detach().numpy().T, net[-1].bias.detach().numpy())
    twin = reference["Net"](pairs, dense, unbiased=True)
    for training in (False, True, True, False):  # inference before, and with moved statistics
        ours, theirs = (
            code["logits"](net, x, training=training),
            twin.logits(x, training=training),
        )
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_block_whose_correction_is_zero_hands_on_what_came_in():
    block = code["Residual"](4, 4)
    torch.nn.init.zeros_(block.body[4].weight)  # the scale of the last batch norm
    x = torch.rand(2, 4, 5, 5)
    assert torch.equal(block(x), x)
    x.requires_grad_()
    block(x).sum().backward()
    assert torch.equal(x.grad, torch.ones_like(x)), "the shortcut hands on the gradient, too"
