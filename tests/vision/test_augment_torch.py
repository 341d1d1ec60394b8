"""Augmented pictures are views of the same pictures, and the same generator gives the same ones."""

import numpy as np
import pytest
import torch

from labkit.vision import augment

pytestmark = pytest.mark.torch


def photos(n=4, h=12, w=16, seed=0):
    return torch.tensor(np.random.default_rng(seed).random((n, 3, h, w), np.float32))


def rng(seed=0):
    return np.random.default_rng(seed)


def test_zero_strength_is_the_identity():
    view = augment(photos(), rng=rng(), flip=False, rotation=0, zoom=0)
    torch.testing.assert_close(view, photos(), atol=1e-5, rtol=0)


def test_a_flip_alone_mirrors_some_pictures_left_and_right_and_leaves_the_others():
    x = photos(n=40)
    view = augment(x, rng=rng(), rotation=0, zoom=0)
    same = (view - x).abs().amax((1, 2, 3)) < 1e-5
    mirrored = (view - x.flip(3)).abs().amax((1, 2, 3)) < 1e-5
    assert (same ^ mirrored).all()
    assert 8 < mirrored.sum() < 32


def test_a_quarter_turn_is_the_one_of_rot90_even_where_height_and_width_differ():
    class Quarter:
        def random(self, n):
            return np.ones(n)

        def uniform(self, low, high, n):
            return np.ones(n)

    x = photos(h=12, w=12)
    view = augment(x, rng=Quarter(), rotation=0.25, zoom=0)
    assert any(torch.allclose(view, x.rot90(k, (2, 3)), atol=1e-4) for k in (1, 3))
    wide = torch.zeros(1, 1, 5, 9)
    wide[0, 0, 2, 4 - 2] = 1  # two pixels left of the middle
    turned = augment(wide, rng=Quarter(), rotation=0.25, zoom=0)[0, 0]
    assert sorted(torch.nonzero(turned > 0.9).tolist()) in ([[0, 4]], [[4, 4]])  # as far above


def test_the_zoom_scales_about_the_middle():
    class Out:
        def random(self, n):
            return np.ones(n)

        def uniform(self, low, high, n):
            return np.ones(n)

    x = torch.zeros(1, 1, 16, 16)
    x[:, :, 4:12, 4:12] = 1  # 8 × 8 of 16 × 16
    view = augment(x, rng=Out(), rotation=0, zoom=0.6)  # covers 1.6 times as much
    inner = float(view[:, :, 4:12, 4:12].sum())  # beyond, the mirrored square comes in again
    assert abs(inner - (8 / 1.6) ** 2) < 1.5
    torch.testing.assert_close(view, view.flip((2, 3)))


def test_turned_and_mirrored_together_a_disc_stays_a_disc():
    y, x = np.mgrid[-1:1:48j, -1:1:48j]
    disc = torch.tensor(1.0 * (x**2 + y**2 < 0.5)).repeat(20, 1, 1, 1)
    view = augment(disc, rng=rng(), rotation=0.5, zoom=0)
    assert (view - disc).abs().mean((1, 2, 3)).max() < 0.05  # a wrong matrix gives 0.3


def test_the_same_seed_gives_the_same_views_and_another_seed_others():
    a, b, c = (augment(photos(), rng=rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(a, b)
    assert not torch.allclose(a, c, atol=0.05)


def test_shape_type_range_and_memory_layout_are_kept():
    x = photos().to(memory_format=torch.channels_last)
    view = augment(x, rng=rng(), rotation=0.5, zoom=0.9)
    assert (view.shape, view.dtype) == (x.shape, x.dtype)
    assert view.is_contiguous(memory_format=torch.channels_last)
    assert x.min() - 1e-5 <= view.min() <= view.max() <= x.max() + 1e-5  # mirrored, not filled
    assert augment(photos(), rng=rng()).is_contiguous()


def test_a_picture_s_views_average_to_a_symmetric_one():
    x = torch.zeros(400, 1, 9, 9)
    x[:, :, :, 0] = 1  # an edge on the left
    mean = augment(x, rng=rng(), rotation=0, zoom=0).mean((0, 1))
    assert abs(float(mean[:, 0].mean()) - 0.5) < 0.1
    assert abs(float(mean[:, 8].mean()) - 0.5) < 0.1


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": torch.zeros(3, 8, 8)},
        {"x": torch.zeros(1, 3, 8, 8, dtype=torch.uint8)},
        {"zoom": 1.0},
        {"zoom": -0.1},
        {"rotation": -0.1},
    ],
)
def test_wrong_shapes_types_and_strengths_are_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        augment(wrong.pop("x", photos()), rng=rng(), **wrong)
