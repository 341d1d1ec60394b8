"""The chapter's two forms of one network are the same, and follow the one in NumPy."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

reference = runpy.run_path(str(Path(__file__).with_name("training_reference.py")))
code = runpy.run_path(str(Path(__file__).parents[2] / "book/code/week06_training_torch.py"))
SETTINGS = {"epochs": 3, "batch_size": 16, "rate": 0.5}


@pytest.mark.parametrize("form", ["sequential", "Subclassed"])
def test_each_form_prints_and_keeps_the_losses_of_numpy(form):
    torch.manual_seed(1)
    x, y = reference["rows"]()
    net = code[form](6, 5, 3)
    w1, b1, w2, b2 = (weights.detach().numpy() for weights in net.parameters())
    twin = reference["network"](w1.T, b1, w2.T, b2)
    printed, at_rest = code["train"](net, x, y, **SETTINGS)
    wanted = reference["train"](twin, x, y, **SETTINGS)
    np.testing.assert_allclose([printed, at_rest], wanted, rtol=1e-4)
    assert (np.array(at_rest) < printed).all()  # the loss falls within the epoch


def test_one_seed_gives_both_forms_the_same_weights():
    weights = []
    for form in ("sequential", "Subclassed"):
        torch.manual_seed(7)
        weights.append(torch.nn.utils.parameters_to_vector(code[form](6, 5, 3).parameters()))
    assert torch.equal(*weights)
