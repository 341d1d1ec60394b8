"""Features are computed once for the same weights, preprocessing and pictures, and never stale."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from labkit.vision import Backbone, features

pytestmark = pytest.mark.torch


class Counted(nn.Module):
    """Counts the pictures that pass."""

    seen = 0

    def forward(self, x):
        Counted.seen += len(x)
        return x


@pytest.fixture
def backbone(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    Counted.seen = 0
    torch.manual_seed(0)
    body = nn.Sequential(Counted(), nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).eval()
    last = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return Backbone("small", body, last, nn.Linear(4, 10), (0.5,) * 3, (0.5,) * 3)


def photos(seed=0):
    return np.random.default_rng(seed).random((7, 32, 32, 3), np.float32)


def test_the_second_call_computes_nothing_and_returns_the_same(backbone):
    first = features(backbone, photos(), batch_size=3)
    assert (first.shape, first.dtype, Counted.seen) == ((7, 4), np.float32, 7)
    np.testing.assert_array_equal(features(backbone, photos(), batch_size=2), first)
    assert Counted.seen == 7


def test_they_are_the_backbone_s_own_in_any_batches(backbone):
    expected = backbone.features(photos()).detach().numpy()
    np.testing.assert_allclose(features(backbone, photos(), batch_size=2), expected, atol=1e-6)
    body = features(backbone, photos(), part="body")
    assert body.shape == (7, 4, 30, 30)
    np.testing.assert_allclose(body.mean((2, 3)), expected, atol=1e-6)
    assert features(backbone, photos(), part="logits").shape == (7, 10)


def test_other_pictures_weights_statistics_preprocessing_or_part_are_computed_anew(backbone):
    features(backbone, photos())
    features(backbone, photos(1))
    assert Counted.seen == 14
    features(replace(backbone, mean=(0.4,) * 3), photos())
    assert Counted.seen == 21
    backbone.body[2].running_mean += 1  # no parameter, and yet it decides the features
    moved = features(backbone, photos())
    assert Counted.seen == 28
    np.testing.assert_allclose(moved, backbone.features(photos()).detach(), atol=1e-6)
    features(backbone, photos(), part="body")
    assert Counted.seen == 42  # 7 by the line above, 7 by this


@pytest.mark.parametrize("damage", [b"", b"PK\3\4 no zip", None])
def test_a_damaged_file_is_computed_again(backbone, tmp_path, damage):
    first = features(backbone, photos())
    (path,) = (tmp_path / "features").glob("*.npz")
    path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)
    np.testing.assert_array_equal(features(backbone, photos()), first)
    assert Counted.seen == 14
    np.testing.assert_array_equal(features(backbone, photos()), first)
    assert Counted.seen == 14


def test_an_interrupted_run_leaves_no_file(backbone, tmp_path, monkeypatch):
    def stopped(*args, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("labkit.vision.features_torch.os.replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            features(backbone, photos())
    assert list((tmp_path / "features").iterdir()) == []


def test_an_unknown_part_is_refused(backbone):
    with pytest.raises(ValueError, match="'body', 'features', 'logits'"):
        features(backbone, photos(), part="head")
