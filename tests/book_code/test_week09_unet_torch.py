"""The chapter's U-Net in PyTorch is the one in NumPy; the lab's gpu protocol runs."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]
reference = runpy.run_path(str(Path(__file__).with_name("unet_reference.py")))
code = runpy.run_path(str(ROOT / "book/code/week09_unet_torch.py"))


def in_order(net):
    """Return the layers with weights in the reference's order: down, up and merge by turns."""
    ups = [part for pair in zip(net.up, net.merge, strict=True) for part in pair]
    parts = [*net.down, *ups, net.last]
    return [m for part in parts for m in part.modules() if hasattr(m, "weight")]


def with_weights(net, pairs):
    for layer, (w, b) in zip(in_order(net), pairs, strict=True):
        layer.weight.data = torch.tensor(w, dtype=torch.float32)
        layer.bias.data = torch.tensor(b, dtype=torch.float32)
    return net


def test_pytorch_gives_numpys_logits_with_its_weights():
    x, _ = reference["pictures"]()
    pairs = reference["parameters"]()
    net = code["UNet"](3, 3, reference["WIDTHS"])
    assert [tuple(layer.weight.shape) for layer in in_order(net)] == [w.shape for w, _ in pairs]
    assert sum(p.numel() for p in net.parameters()) == sum(w.size + b.size for w, b in pairs)
    found = code["logits"](with_weights(net, pairs), x)
    np.testing.assert_allclose(found, reference["forward"](x, pairs), rtol=1e-3, atol=1e-3)


def test_training_reduces_the_loss():
    torch.manual_seed(1)
    x, y = reference["pictures"](6)
    y = (x[:, 0] > 0).astype(np.int64)  # a task that a pixel alone decides
    losses = code["train"](code["UNet"](3, 2, (4, 8)), x, y, 100, 4)
    assert losses[-1] < 0.7 * losses[0]


def lab_cells(*starts):
    lab = json.loads((ROOT / "labs/week09_segmentation.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(c["source"]) for c in lab["cells"] if c["cell_type"] == "code"]
    return [next(c for c in cells if f"def {start}" in c) for start in starts]


def test_the_labs_unet_is_the_chapters():
    names = {"nn": torch.nn, "torch": torch, "max_pool2d": torch.nn.functional.max_pool2d}
    names["pairwise"] = code["pairwise"]
    for cell in lab_cells("double", "forward"):
        exec(cell, names)
    x, _ = reference["pictures"]()
    pairs = reference["parameters"]()
    both = [
        with_weights(net, pairs)(torch.tensor(x))
        for net in (names["UNet"](3, 3, (4, 6, 8)), code["UNet"](3, 3, (4, 6, 8)))
    ]
    assert torch.equal(*both)


def test_the_published_protocol_takes_two_steps_at_200_pixels():
    from labkit.train import fit_torch

    names = {"nn": torch.nn, "torch": torch, "fit_torch": fit_torch}
    for cell in lab_cells("published", "pets_protocol"):
        exec(cell, names)
    rng = np.random.default_rng(0)
    x = rng.random((10, 3, 200, 200), dtype=np.float32)  # batches of 8 and 2: two steps
    y = rng.integers(3, size=(10, 200, 200))
    history = names["pets_protocol"]((x, y), (x[:2], y[:2]), width=8, epochs=1)
    assert len(history) == 1
    assert np.isfinite([history["loss"][0], history["val_loss"][0]]).all()
    full = names["published"](64)
    assert sum(p.numel() for p in full.parameters()) == 2_880_643
    with torch.no_grad():
        assert full(torch.tensor(x[:1])).shape == (1, 3, 200, 200)
