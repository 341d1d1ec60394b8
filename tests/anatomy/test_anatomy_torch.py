"""The table of a PyTorch model: its counts, its receptive fields, and the memory it foresees."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labkit.anatomy import keras_layers, torch_layers, training_memory
from labkit.anatomy.table import COLUMNS, Window

pytestmark = pytest.mark.torch

WEIGHED = ["Conv2d", "MaxPool2d", "Linear"]


def alexnet():
    from torch import nn

    layers = [nn.Conv2d(1, 96, 11, 4, 1), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    for n_in, n_out in ((256, 384), (384, 384), (384, 256)):
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU()]
    layers += [nn.MaxPool2d(3, 2), nn.Flatten()]
    for n_in in (6400, 4096):
        layers += [nn.Linear(n_in, 4096), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(4096, 10))


def vgg():
    import torch
    from torch import nn

    layers, n_in = [], 1
    for convs, n_out in ((1, 64), (1, 128), (2, 256), (2, 512), (2, 512)):
        for _ in range(convs):
            layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU()]
            n_in = n_out
        layers.append(nn.MaxPool2d(2, 2))
    layers.append(nn.Flatten())
    for n_in, n_out in ((25088, 4096), (4096, 4096), (4096, 10)):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    with torch.device("meta"):
        return nn.Sequential(*layers[:-1])


def test_alexnet_has_the_fields_sizes_and_sums_that_are_known():
    table = torch_layers(alexnet(), (1, 224, 224))
    seen = table[table["kind"].isin(["Conv2d", "MaxPool2d"])]
    assert seen["receptive_field"].tolist() == [11, 19, 51, 67, 99, 131, 163, 195]
    assert [shape[1] for shape in seen["output"]] == [54, 26, 26, 12, 12, 12, 12, 5]
    assert table["parameters"].sum() == 46_764_746
    assert table["multiply_adds"].sum() == 938_146_176
    assert table[table["kind"].isin(WEIGHED)]["activations"].sum() == 716_810
    dense = table[table["kind"] == "Linear"]
    assert dense["receptive_field"].isna().all(), "a dense unit sees the whole picture"


def test_vgg_has_491_mib_of_weights():
    table = torch_layers(vgg(), (1, 224, 224))
    assert table["parameters"].sum() == 128_806_154
    assert table["weight_bytes"].sum() / 2**20 == pytest.approx(491, abs=0.5)
    parts = training_memory(table, batch_size=1, optimizer="adam")
    assert parts["gradients"] == parts["weights"] == 4 * 128_806_154
    assert parts["optimizer"] == 2 * parts["weights"]


def models():
    from torch import nn

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 5, padding=2)
            self.scale = nn.Sequential(nn.BatchNorm2d(3), nn.ReLU())

        def forward(self, x):
            return (self.scale(self.second(self.first(x))) + x).relu()

    shared = nn.Conv2d(3, 3, 3, padding=1, bias=False)
    frozen = nn.Conv2d(3, 4, 1)
    frozen.weight.requires_grad_(False)
    return {
        "residual": nn.Sequential(Residual(), Residual(), nn.AdaptiveAvgPool2d(1)),
        "shared": nn.Sequential(shared, nn.ReLU(), shared),
        "frozen": nn.Sequential(frozen, nn.ConvTranspose2d(4, 2, 2, stride=2)),
        "grouped": nn.Sequential(nn.Conv2d(3, 6, 3, groups=3, dilation=2), nn.AvgPool2d(2)),
        "attention": nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
        "unused": nn.ModuleDict({"a": nn.Linear(2, 3)}),
    }


@pytest.mark.parametrize("name", ["residual", "shared", "frozen", "grouped", "attention"])
def test_parameters_are_those_that_torch_counts(name):
    model = models()[name]
    before = [(p.clone(), p.device.type) for p in model.parameters()]
    table = torch_layers(model, (5, 8) if name == "attention" else (3, 8, 8))
    assert list(table.columns) == list(COLUMNS)
    assert table["parameters"].sum() == sum(p.numel() for p in model.parameters())
    learnt = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert table["trainable"].sum() == learnt
    for p, (was, device) in zip(model.parameters(), before, strict=True):
        assert (p == was).all(), "the model was left alone"
        assert p.device.type == device


def test_a_layer_that_is_never_called_has_its_parameters_in_a_last_row():
    from torch import nn

    class Forgetful(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.forgotten = nn.Linear(3, 2), nn.Linear(5, 5)

        def forward(self, x):
            return self.used(x)

    table = torch_layers(Forgetful(), (3,))
    assert table["layer"].tolist() == ["used", "forgotten"]
    assert table["parameters"].tolist() == [8, 30]
    assert table["activations"].tolist() == [2, 0]


def test_counts_are_those_of_the_definition():
    table = torch_layers(models()["grouped"], (3, 8, 8)).set_index("kind")
    conv, pool = table.loc["Conv2d"], table.loc["AvgPool2d"]
    assert conv["output"] == (6, 4, 4)
    assert conv["multiply_adds"] == 9 * 1 * 6 * 16
    assert conv["connections"] == (9 * 1 + 1) * 6 * 16
    assert (conv["receptive_field"], pool["receptive_field"], pool["jump"]) == (5, 6, 2)
    assert pool["connections"] == 4 * 6 * 4
    up = torch_layers(models()["frozen"], (3, 8, 8)).set_index("kind").loc["ConvTranspose2d"]
    assert up["multiply_adds"] == 4 * 2 * 2 * 2 * 64
    assert up["connections"] == 4 * 2 * 2 * 2 * 64 + 2 * 16 * 16


def test_a_sum_has_the_wider_field_of_its_terms():
    from torch import nn

    net = nn.Sequential(*list(models()["residual"])[:2])
    table = torch_layers(net, (3, 32, 32))
    convs = table[table["kind"] == "Conv2d"]
    assert convs["receptive_field"].tolist() == [3, 7, 9, 13]


def test_the_field_is_where_a_gradient_arrives():
    import torch
    from torch import nn

    # A mean, since a maximum would pass the gradient to one pixel only.
    net = nn.Sequential(nn.Conv2d(1, 1, 3, stride=2), nn.AvgPool2d(2, stride=1), nn.Conv2d(1, 1, 3))
    for layer in (net[0], net[2]):
        nn.init.ones_(layer.weight)
    x = torch.zeros(1, 1, 31, 31, requires_grad=True)
    y = net(x)
    y[0, 0, 4, 4].backward()
    side = int((x.grad[0, 0].abs().sum(dim=0) > 0).sum())
    assert torch_layers(net, (1, 31, 31))["receptive_field"].iloc[-1] == side == 9


def test_rectangles_keep_both_sides_and_other_axes_their_own():
    from torch import nn

    table = torch_layers(nn.Sequential(nn.Conv2d(1, 1, (3, 5)), nn.MaxPool2d(2)), (1, 20, 20))
    assert table["receptive_field"].tolist() == [(3, 5), (4, 6)]
    sound = torch_layers(nn.Sequential(nn.Conv1d(2, 4, 5, stride=2), nn.MaxPool1d(2)), (2, 40))
    assert sound["receptive_field"].tolist() == [5, 7]


def test_a_layer_of_ones_own_is_unknown_until_it_has_a_rule():
    import torch
    from torch import nn

    class Blur(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.ones(1, 1, 3, 3))

        def forward(self, x):
            return nn.functional.conv2d(x, self.w)

    unknown = torch_layers(Blur(), (1, 8, 8))
    assert unknown["parameters"].tolist() == [9]
    assert unknown[["multiply_adds", "connections", "receptive_field"]].isna().all(axis=None)
    window = Window((3, 3), (1, 1), (1, 1))

    def rule(module, x, y):
        return {"matrix": 9, "positions": math.prod(y), "window": window}

    known = torch_layers(Blur(), (1, 8, 8), rules={Blur: rule})
    assert known["multiply_adds"].tolist() == known["connections"].tolist() == [9 * 36]
    assert known["receptive_field"].tolist() == [3]


def test_what_is_stored_is_counted_once_and_without_the_weights():
    from torch import nn

    net = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    table = torch_layers(net, (3,))
    assert table["stored_bytes"].tolist() == [3 * 4, 5 * 4, 0], "a ReLU's output is the next input"
    double = torch_layers(net.double(), (3,))
    assert double["stored_bytes"].tolist() == [3 * 8, 5 * 8, 0]
    assert double["weight_bytes"].sum() == 8 * (3 * 5 + 5 + 5 * 2 + 2)


def test_functions_between_modules_store_too():
    table = torch_layers(models()["residual"], (3, 8, 8))
    rows = table[table["kind"] == "function"]
    assert rows["stored_bytes"].tolist() == [3 * 8 * 8 * 4] * 2, "the ReLU after each sum"
    assert rows["multiply_adds"].isna().all()


def test_memory_refuses_an_unknown_optimiser_and_an_empty_batch():
    table = torch_layers(models()["grouped"], (3, 8, 8))
    with pytest.raises(ValueError, match=r"sgd, momentum, .*got 'lion'"):
        training_memory(table, batch_size=1, optimizer="lion")
    with pytest.raises(ValueError, match="batch_size ≥ 1, got 0"):
        training_memory(table, batch_size=0)


def test_a_frozen_layer_has_no_gradient_and_no_state():
    parts = training_memory(torch_layers(models()["frozen"], (3, 8, 8)), batch_size=1)
    assert parts["weights"] - parts["gradients"] == 4 * 12
    assert callable(keras_layers)


@pytest.mark.parametrize(
    "net",
    ["convolutional 32 256 sgd", "convolutional 64 256 adam", "dense 8000 64 adam"],
)
def test_foreseen_memory_is_the_measured_peak_to_15_percent(net):
    script = Path(__file__).with_name("peak_torch.py")
    # Freed arrays go back at once, so that the mark is that of what is alive together.
    env = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, script, *net.split()], capture_output=True, text=True, check=True, env=env
    )
    measured, foreseen = map(int, run.stdout.split())
    assert measured > 100e6
    assert foreseen == pytest.approx(measured, rel=0.15)
