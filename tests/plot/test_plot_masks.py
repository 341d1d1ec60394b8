"""Masks over pictures: each class has its tint, and what may not be shown isn't."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from labkit.plot import mask_grid
from labkit.plot.masks import STRENGTH
from labkit.plot.style import palette
from labkit.types import Dataset, Split

NAMES = ("garment", "background", "border")
IMAGES = np.random.default_rng(0).random((4, 6, 5, 3))
MASKS = np.random.default_rng(1).integers(3, size=(4, 6, 5))


@pytest.fixture(autouse=True)
def _not_recording(monkeypatch):
    monkeypatch.delenv("LABKIT_RECORD", raising=False)


def test_the_background_stays_as_it_is_and_other_classes_take_their_colour():
    ax = mask_grid(IMAGES, MASKS, class_names=NAMES)
    garment, border = (np.array(to_rgb(colour)) for colour in palette()[:2])
    for drawn, image, mask in zip(ax.images, IMAGES, MASKS, strict=True):
        pixels = drawn.get_array()
        np.testing.assert_allclose(pixels[mask == 1], image[mask == 1])
        for k, colour in ((0, garment), (2, border)):
            mixed = (1 - STRENGTH) * image[mask == k] + STRENGTH * colour
            np.testing.assert_allclose(pixels[mask == k], mixed)


def test_the_legend_names_the_tinted_classes_in_their_colours():
    legend = mask_grid(IMAGES, MASKS, class_names=NAMES).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["garment", "border"]
    patches = [patch.get_facecolor()[:3] for patch in legend.get_patches()]
    assert patches == [to_rgb(colour) for colour in palette()[:2]]


def test_grey_pictures_and_bytes_are_taken():
    grey = mask_grid(IMAGES[..., 0], MASKS, class_names=NAMES).images[0].get_array()
    assert grey.shape == (6, 5, 3)
    as_bytes = np.round(255 * IMAGES).astype(np.uint8)
    ax = mask_grid(as_bytes, MASKS, class_names=NAMES)
    at = MASKS[0] == 1
    np.testing.assert_allclose(ax.images[0].get_array()[at], as_bytes[0][at] / 255)


@pytest.mark.parametrize("masks", [MASKS[:3], MASKS[..., None], MASKS.astype(float)])
def test_a_mask_is_a_class_number_for_each_pixel(masks):
    with pytest.raises(ValueError, match="expected a class number for each pixel"):
        mask_grid(IMAGES, masks, class_names=NAMES)


def test_a_class_without_a_name_is_refused():
    with pytest.raises(ValueError, match=r"expected classes 0 … 1, got 0 … 2"):
        mask_grid(IMAGES, MASKS, class_names=NAMES[:2])


def test_while_recording_only_redistributable_masks_are_drawn(monkeypatch, tmp_path):
    def pets(allowed):
        return Dataset(Split(IMAGES, MASKS), id="pets", redistributable=allowed)

    monkeypatch.setenv("LABKIT_RECORD", str(tmp_path / "rows.jsonl"))
    with pytest.raises(ValueError, match=r"'pets'.*must not land"):
        mask_grid(IMAGES, MASKS, class_names=NAMES, dataset=pets(False))
    assert plt.get_fignums() == []
    mask_grid(IMAGES, MASKS, class_names=NAMES, dataset=pets(True))
