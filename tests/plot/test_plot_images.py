import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.plot import feature_maps, image_grid
from labkit.types import Dataset, Split

IMAGES = np.random.default_rng(0).random((10, 8, 6))


@pytest.fixture(autouse=True)
def _not_recording(monkeypatch):
    monkeypatch.delenv("LABKIT_RECORD", raising=False)


def dataset(redistributable):
    return Dataset(
        Split(IMAGES, np.zeros(10)),
        id="pets",
        title="Pets",
        licence="unclear",
        redistributable=redistributable,
    )


def test_every_picture_is_drawn_once_in_order_on_one_scale():
    ax = image_grid(IMAGES, columns=4)
    assert len(ax.images) == 10
    for drawn, image in zip(ax.images, IMAGES, strict=True):
        np.testing.assert_array_equal(drawn.get_array(), image)
        assert drawn.get_clim() == (0, 1)


def test_pictures_neither_overlap_nor_lose_their_proportions():
    ax = image_grid(IMAGES, [str(i) for i in range(10)], columns=4)
    boxes = [image.get_extent() for image in ax.images]
    for i, (left, right, bottom, top) in enumerate(boxes):
        assert (top - bottom) / (right - left) == pytest.approx(8 / 6)
        for other in boxes[:i]:
            apart = left >= other[1] or right <= other[0] or top <= other[2] or bottom >= other[3]
            assert apart
    assert len({box[0] for box in boxes}) == 4
    assert ax.get_aspect() == 1


def test_each_title_stands_above_its_picture_inside_the_picture_frame():
    ax = image_grid(IMAGES, [f"truth {i}\ncalled {i}" for i in range(10)], columns=4)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    for text, image, box in zip(ax.texts, ax.images, boxes, strict=True):
        left, right, _, top = image.get_extent()
        assert left < text.get_position()[0] < right
        assert text.get_position()[1] >= top
        for other in ax.images:
            assert box.count_overlaps([other.get_window_extent()]) == 0


def test_uint8_colour_and_a_single_channel_are_taken():
    colour = (np.ones((2, 4, 4, 3)) * 255).astype(np.uint8)
    assert image_grid(colour).images[0].get_array().shape == (4, 4, 3)
    grey = (np.ones((2, 4, 4, 1)) * 255).astype(np.uint8)
    assert image_grid(grey).images[0].get_clim() == (0, 255)


def test_the_origin_of_the_pictures_is_written_below_them():
    assert image_grid(IMAGES, dataset=dataset(True)).get_xlabel() == "Pets · unclear"
    assert image_grid(IMAGES, dataset="drawn here").get_xlabel() == "drawn here"
    assert image_grid(IMAGES).get_xlabel() == ""


def test_while_recording_only_redistributable_pictures_are_drawn(monkeypatch, tmp_path):
    image_grid(IMAGES, dataset=dataset(False))
    plt.close("all")
    monkeypatch.setenv("LABKIT_RECORD", str(tmp_path / "rows.jsonl"))
    with pytest.raises(ValueError, match=r"'pets' \(unclear\).*must not land"):
        image_grid(IMAGES, dataset=dataset(False))
    with pytest.raises(ValueError, match="pass the Dataset"):
        image_grid(IMAGES)
    assert plt.get_fignums() == []
    image_grid(IMAGES, dataset=dataset(True))
    image_grid(IMAGES, dataset="drawn here")


def test_the_axes_given_are_the_axes_drawn_in_and_back():
    ax = plt.figure().add_subplot()
    assert image_grid(IMAGES, ax=ax) is ax


@pytest.mark.parametrize(
    ("images", "titles", "says"),
    [
        (IMAGES[0], None, r"images\[None\]"),
        (IMAGES[:0], None, "expected pictures"),
        (np.zeros((2, 3, 8, 8)), None, "moveaxis"),
        (IMAGES * 3 - 1, None, "standardisation"),
        (IMAGES * np.nan, None, "standardisation"),
        (IMAGES, ["a"], "expected 10 titles"),
    ],
)
def test_bad_input_says_what_to_do(images, titles, says):
    with pytest.raises(ValueError, match=says):
        image_grid(images, titles)
    assert plt.get_fignums() == []


def test_maps_are_drawn_on_one_scale_with_nothing_in_the_middle():
    maps = np.array([[[-3.0, 0.0]], [[1.0, 2.0]]])
    ax = feature_maps(maps, ["a", "b"], dataset="drawn here")
    assert [image.get_clim() for image in ax.images] == [(-3, 3)] * 2
    np.testing.assert_array_equal(ax.images[1].get_array(), maps[1])
    assert ax.images[0].cmap(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.05), "0 is white"
    assert feature_maps(np.zeros((1, 2, 2))).images[0].get_clim() == (-1, 1)


def test_maps_of_pictures_that_may_not_be_shown_are_refused_too(monkeypatch, tmp_path):
    feature_maps(IMAGES, dataset=dataset(False))
    plt.close("all")
    monkeypatch.setenv("LABKIT_RECORD", str(tmp_path / "rows.jsonl"))
    with pytest.raises(ValueError, match=r"'pets' \(unclear\).*must not land"):
        feature_maps(IMAGES, dataset=dataset(False))
    with pytest.raises(ValueError, match="pass the Dataset"):
        feature_maps(IMAGES)
    assert plt.get_fignums() == []
    feature_maps(IMAGES, dataset=dataset(True))


@pytest.mark.parametrize(
    ("maps", "says"),
    [
        (IMAGES[0], "moveaxis"),
        (IMAGES[..., None], r"\(10, 8, 6, 1\)"),
        (IMAGES[:0], "expected maps"),
        (IMAGES * np.nan, "finite"),
    ],
)
def test_bad_maps_are_refused_with_the_way_out(maps, says):
    with pytest.raises(ValueError, match=says):
        feature_maps(maps)
    assert plt.get_fignums() == []
