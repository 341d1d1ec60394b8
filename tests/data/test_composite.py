"""Garments on photos: the map is exact, the parts are apart, the seed decides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import ndimage

from labkit.data import composite
from labkit.data.starter import load_starter
from labkit.types import Dataset, Split

GARMENTS, PHOTOS = load_starter("fashion_mnist"), load_starter("cifar10")


def made(**sizes):
    return composite.garments_on_photos(GARMENTS, PHOTOS, **sizes)


@given(npst.arrays(bool, (9, 7)))
def test_a_trimap_is_the_mask_but_for_one_pixel_on_either_side_of_its_edge(mask):
    classes = composite.trimap(mask)
    assert mask[classes == 0].all()
    assert not mask[classes == 1].any()
    padded = np.pad(mask, 1, mode="edge")
    beside = [padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]]
    np.testing.assert_array_equal(classes == 2, np.any([other != mask for other in beside], axis=0))


def test_a_trimap_needs_a_boolean_mask_of_two_axes():
    for wrong in (np.ones((4, 4)), np.ones(4, bool)):
        with pytest.raises(ValueError, match="expected a boolean mask"):
            composite.trimap(wrong)


def test_pixels_far_from_the_garment_are_the_photo_and_its_own_have_one_hue():
    made_of_blanks = composite.garments_on_photos(
        GARMENTS, Dataset(Split(np.zeros((40, 32, 32, 3), np.float32), np.zeros(40))), train=40
    )
    for x, y in zip(*made_of_blanks.train, strict=True):
        assert (x[y == 1] == 0).all()
        cloth = x[y == 0]
        assert (cloth > 0).all()
        np.testing.assert_allclose(np.linalg.matrix_rank(cloth, tol=1e-3), min(len(cloth), 1))
        assert ndimage.label(x.any(axis=2))[1] >= 1


def test_shapes_types_and_ranges_are_those_of_a_loader():
    data = made(train=12, val=3, test=4)
    assert [len(part) for part in data] == [12, 3, 4]
    for x, y in data:
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        assert x.shape[1:] == (32, 32, 3)
        assert y.shape == x.shape[:3]
        assert 0 <= x.min() <= x.max() <= 1
        assert set(np.unique(y)) == {0, 1, 2}
    assert data.class_names == ("garment", "background", "border")
    assert len(data.hash) == 64


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_seed_decides(one, other):
    first, again, third = (
        composite.garments_on_photos(GARMENTS, PHOTOS, train=2, test=1, seed=seed)
        for seed in (one, one, other)
    )
    assert first.hash == again.hash
    assert (first.hash == third.hash) == (one == other)


def test_test_rows_come_from_test_rows_and_do_not_depend_on_the_others():
    few, many = made(train=2, test=5), made(train=9, val=1, test=5)
    np.testing.assert_array_equal(few.test.x, many.test.x)
    shown = few.test.x[few.test.y == 1]
    known = {pixel.tobytes() for pixel in PHOTOS.test.x.reshape(-1, 3)}
    assert all(pixel.tobytes() in known for pixel in shown)


def test_pictures_may_be_shown_only_if_both_sets_may():
    def part(allowed):
        return Dataset(Split(np.ones((3, 4, 4), np.float32), np.zeros(3)), redistributable=allowed)

    ground = Split(np.zeros((3, 8, 8, 3), np.float32), np.zeros(3))
    for one in (True, False):
        for two in (True, False):
            photos = Dataset(ground, redistributable=two)
            both = composite.garments_on_photos(part(one), photos, train=1)
            assert both.redistributable == (one and two)


def test_too_few_rows_and_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"at least 1501 train rows in both sets, got 1500"):
        made(train=1500, val=1)
    with pytest.raises(ValueError, match="expected at least 1 test rows"):
        composite.garments_on_photos(Dataset(GARMENTS.train), PHOTOS, train=1, test=1)
    with pytest.raises(ValueError, match="that fit into photos"):
        composite.garments_on_photos(PHOTOS, GARMENTS, train=1)
