"""The published protocols of week 9 are one word away: in the profile gpu the nets are built so."""

import os
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.torch

LABS = Path(__file__).parents[2] / "labs"
SIZES = {  # parameters
    "lenet": 61_706,
    "alexnet": 46_764_746,
    "vgg": 128_806_154,
    "googlenet": 5_977_530,
    "resnet": 11_178_378,
}


@pytest.fixture(scope="module")
def zoo():
    """Return what the zoo's set-up and model cells define in the profile gpu."""
    notebook = nbformat.read(LABS / "week09_zoo.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    chosen = cells[1:3] + [c for c in cells if "model" in c.metadata.get("tags", ())]
    names, before = {}, os.environ.get("LABKIT_PROFILE")
    os.environ["LABKIT_PROFILE"] = "gpu"
    try:
        exec("\n\n".join(cell.source for cell in chosen), names)
    finally:
        os.environ.pop("LABKIT_PROFILE")
        if before:
            os.environ["LABKIT_PROFILE"] = before
        names["labkit"].profile("quick")
    return names


@pytest.mark.parametrize("name", SIZES)
def test_two_published_steps_change_the_weights_and_keep_the_loss_finite(zoo, name):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    net, (rate, batch_size) = zoo["build"](name)
    assert sum(p.numel() for p in net.parameters()) == SIZES[name]
    assert (rate, batch_size) == zoo["PUBLISHED"][name][1:]
    x, y = torch.rand(2, 1, 28, 28), torch.tensor([3, 7])
    assert net[0](x).shape[-1] == zoo["PUBLISHED"][name][0]
    sgd, last = torch.optim.SGD(net.parameters(), rate), list(net.parameters())[-1]
    start = last.detach().clone()
    for _ in range(2):
        loss = nn.functional.cross_entropy(net(x), y)
        sgd.zero_grad()
        loss.backward()
        sgd.step()
        assert torch.isfinite(loss)
    assert not torch.equal(last, start)
