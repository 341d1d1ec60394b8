"""Picture loaders, on small files in each real format."""

import gzip
import io
import json
import struct
import tarfile
import threading
import zipfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from labkit.data import fetch, images
from labkit.data.catalogue import entry
from labkit.data.hashes import file_sha256
from labkit.data.sources import Source

RNG = np.random.default_rng(0)


def idx(array):
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def png(pixels, format="PNG", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format, **options)
    return file.getvalue()


def random_bytes(*shape):
    return RNG.integers(0, 256, shape, dtype=np.uint8)


@pytest.fixture
def mnist_files(tmp_path):
    arrays = {}
    for part, n in (("train", 20), ("t10k", 10)):
        arrays[f"{part}-images-idx3-ubyte"] = random_bytes(n, 28, 28)
        arrays[f"{part}-labels-idx1-ubyte"] = (np.arange(n) % 10).astype(np.uint8)
    for name, array in arrays.items():
        (tmp_path / name).write_bytes(idx(array))
    return arrays, {name: tmp_path / name for name in arrays}


@given(
    npst.arrays(np.uint8, npst.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)),
    st.booleans(),
)
def test_read_idx_gives_back_what_was_written(tmp_path_factory, array, packed):
    path = tmp_path_factory.mktemp("idx") / ("a.gz" if packed else "a")
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    np.testing.assert_array_equal(images.read_idx(path), array)


@pytest.mark.parametrize("cut", [-1, -400, 1])
def test_read_idx_refuses_too_few_or_too_many_bytes(tmp_path, cut):
    path = tmp_path / "cut"
    data = idx(random_bytes(3, 28, 28))
    path.write_bytes(data[:cut] if cut < 0 else data + b"x")
    with pytest.raises(
        ValueError, match=r"expected 2,352 bytes for shape \(3, 28, 28\), got .* cut"
    ):
        images.read_idx(path)


@pytest.mark.parametrize("data", [b"", b"\0\0\x08", b"\0\0\x0d\x01\0\0\0\0", b"<html></html>"])
def test_read_idx_refuses_what_is_no_idx_file_of_bytes(tmp_path, data):
    path = tmp_path / "other"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="expected an IDX file"):
        images.read_idx(path)


def test_read_idx_refuses_a_header_without_its_dimensions(tmp_path):
    path = tmp_path / "short"
    path.write_bytes(b"\0\0\x08\x03\0\0\0\x01")
    with pytest.raises(ValueError, match="the file is cut off"):
        images.read_idx(path)


def test_mnist_scales_bytes_to_one_and_keeps_the_order(mnist_files):
    arrays, paths = mnist_files
    data = images.load_mnist(paths)
    assert data.train.x.dtype == np.float32
    assert data.train.y.dtype == data.test.y.dtype == np.int64
    assert (data.train.x.shape, data.test.x.shape) == ((20, 28, 28), (10, 28, 28))
    np.testing.assert_array_equal(np.rint(data.test.x * 255), arrays["t10k-images-idx3-ubyte"])
    np.testing.assert_array_equal(data.train.y, np.arange(20) % 10)
    assert 0 <= data.train.x.min() <= data.train.x.max() <= 1


def test_mnist_is_the_same_from_npz_and_from_idx(mnist_files, tmp_path):
    arrays, paths = mnist_files
    rows = list(arrays.values())
    names = ("x_train", "y_train", "x_test", "y_test")
    np.savez(tmp_path / "mnist.npz", **dict(zip(names, rows, strict=True)))
    one, two = images.load_mnist(paths), images.load_mnist({"any": tmp_path / "mnist.npz"})
    for a, b in zip(one.train, two.train, strict=True):
        np.testing.assert_array_equal(a, b)


def test_mnist_npz_with_pickled_objects_is_refused(tmp_path):
    np.savez(tmp_path / "bad.npz", x_train=np.array([{}, "x"], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        images.load_mnist({"any": tmp_path / "bad.npz"})


def test_fashion_mnist_reads_gzipped_files_and_names_garments(mnist_files, tmp_path):
    arrays, _ = mnist_files
    for name, array in arrays.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
    paths = {name: tmp_path / f"{name}.gz" for name in arrays}
    data = images.load_fashion_mnist(paths)
    assert data.class_names[9] == "ankle boot"
    assert len(data.class_names) == 10
    assert len(data.train) == 20


def test_a_missing_idx_file_is_named(mnist_files):
    _, paths = mnist_files
    del paths["t10k-labels-idx1-ubyte"]
    with pytest.raises(ValueError, match="expected one file called t10k-labels"):
        images.load_mnist(paths)


def test_labels_out_of_range_are_refused(mnist_files):
    _, paths = mnist_files
    paths["train-labels-idx1-ubyte"].write_bytes(idx(np.full(20, 10, np.uint8)))
    with pytest.raises(ValueError, match=r"expected labels in 0 … 9, got 10 … 10"):
        images.load_mnist(paths)


def test_pictures_and_labels_must_be_as_many(mnist_files):
    _, paths = mnist_files
    paths["train-labels-idx1-ubyte"].write_bytes(idx(np.zeros(19, np.uint8)))
    with pytest.raises(ValueError, match="20 rows and 19 targets"):
        images.load_mnist(paths)


def test_pixels_must_be_bytes():
    with pytest.raises(ValueError, match="uint8"):
        images.pictures(np.zeros((1, 2, 2)), [0])


@pytest.fixture
def cifar(tmp_path):
    """Return five training batches and a test batch of 4 photos each, and the PNG sheets."""
    names = [f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"]
    photos = {name: random_bytes(4, 32, 32, 3) for name in names}
    labels = {"train": (np.arange(20) % 10).tolist(), "test": [3, 5, 0, 3]}
    paths = {}
    for name in names:
        paths[name] = tmp_path / f"{name}.png"
        paths[name].write_bytes(png(photos[name].reshape(4, 1024, 3)))
    for part, y in labels.items():
        paths[f"{part}_labels"] = tmp_path / f"{part}_lables.json"
        paths[f"{part}_labels"].write_text(json.dumps(y))
    return photos, labels, paths


def binary_cifar(path, photos, labels):
    y = [*labels["train"], *labels["test"]]
    with tarfile.open(path, "w:gz") as archive:
        for k, (name, x) in enumerate(photos.items()):
            planes = x.transpose(0, 3, 1, 2).reshape(4, -1)
            rows = np.column_stack([y[4 * k : 4 * k + 4], planes]).astype(np.uint8)
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            info.size = rows.size
            archive.addfile(info, io.BytesIO(rows.tobytes()))
    return path


def test_cifar10_reads_a_photo_a_row_of_the_sheet(cifar):
    photos, labels, paths = cifar
    data = images.load_cifar10(paths)
    assert data.train.x.shape == (20, 32, 32, 3)
    assert data.train.x.dtype == np.float32
    np.testing.assert_array_equal(np.rint(data.train.x[4:8] * 255), photos["data_batch_2"])
    assert data.test.y.tolist() == labels["test"]


def test_cifar10_is_the_same_from_sheets_and_from_the_binary_archive(cifar, tmp_path):
    photos, labels, paths = cifar
    archive = binary_cifar(tmp_path / "cifar-10-binary.tar.gz", photos, labels)
    one, two = images.load_cifar10(paths), images.load_cifar10({"a": archive})
    for part in ("train", "test"):
        for a, b in zip(getattr(one, part), getattr(two, part), strict=True):
            np.testing.assert_array_equal(a, b)


def test_cifar10_refuses_a_sheet_of_another_width(cifar):
    _, _, paths = cifar
    paths["data_batch_3"].write_bytes(png(random_bytes(4, 1000, 3)))
    with pytest.raises(ValueError, match=r"\(n, 1024, 3\).*data_batch_3"):
        images.load_cifar10(paths)


def test_cifar10_refuses_an_archive_without_the_batches(tmp_path):
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("cifar-10-batches-py/data_batch_1"))
    with pytest.raises(ValueError, match=r"3,073 bytes in .*data_batch_1\.bin"):
        images.load_cifar10({"a": path})


def test_cifar_cats_dogs_keeps_classes_3_and_5_only(cifar):
    photos, _, paths = cifar
    data = images.load_cifar_cats_dogs(paths)
    assert data.class_names == ("cat", "dog")
    assert data.train.y.tolist() == [0, 1, 0, 1]  # labels 3, 5, 13, 15 of 0 … 19
    assert data.test.y.tolist() == [0, 1, 0]
    np.testing.assert_array_equal(np.rint(data.test.x[2] * 255), photos["test_batch"][3])


@pytest.fixture
def cats_zip(tmp_path):
    path = tmp_path / "cats.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder, first in (("train", 0), ("test", 100)):
            for kind, grey in (("cat", 40), ("dog", 200)):
                for k in (3, 1, 0, 2):  # not in the order of the names
                    photo = np.full((30 + k, 20, 3), grey + 10 * k, np.uint8)
                    name = f"{folder}/{kind}/{kind}.{first + k}.jpg"
                    archive.writestr(name, png(photo, "JPEG", quality=95))
        archive.writestr("readme.txt", "no photo")
    return path


def test_cats_vs_dogs_halves_the_test_folder_by_name(cats_zip):
    data = images.load_cats_vs_dogs({"archive": cats_zip}, size=8)
    assert [len(part) for part in data] == [8, 4, 4]
    assert data.train.x.shape == (8, 8, 8, 3)
    assert data.train.x.dtype == np.float32
    assert data.train.y.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    grey = np.rint(data.val.x[:, 0, 0, 0] * 255), np.rint(data.test.x[:, 0, 0, 0] * 255)
    assert grey[0].tolist() == [40, 50, 200, 210]  # the first two names of each class
    assert grey[1].tolist() == [60, 70, 220, 230]


def test_cats_vs_dogs_refuses_a_zip_without_dogs(tmp_path, cats_zip):
    path = tmp_path / "no_dogs.zip"
    with zipfile.ZipFile(cats_zip) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if "dog" not in name:
                new.writestr(name, old.read(name))
    with pytest.raises(ValueError, match="expected photos in train/ and test/"):
        images.load_cats_vs_dogs({"archive": path}, size=8)


def pet_images(path, *, n=12):
    """Write an archive like the authors': numbered photos, some empty or cut off, other files."""
    with zipfile.ZipFile(path, "w") as archive:
        for kind, first in (("Dog", 100), ("Cat", 0)):
            for k in sorted(range(n), key=str):  # 0, 1, 10, 11, 2: as text, not as numbers
                photo = png(np.full((30, 20, 3), first + 8 * k, np.uint8), "JPEG", quality=95)
                photo = {1: b"", 4: photo[:40]}.get(k, photo)
                archive.writestr(f"PetImages/{kind}/{k}.jpg", photo)
            archive.writestr(f"PetImages/{kind}/2100.jpg", photo)
            archive.writestr(f"PetImages/{kind}/Thumbs.db", b"none")
        archive.writestr("readme[1].txt", "no photo")
    return path


def test_the_authors_archive_gives_the_first_readable_photos_by_number(tmp_path):
    data = images.load_cats_vs_dogs({"a": pet_images(tmp_path / "pets.zip")}, size=8)
    assert [len(part) for part in data] == [10, 4, 6]  # 10 readable of 12 of each class: 5, 2, 3
    grey = [np.rint(part.x[:, 0, 0, 0] * 255).tolist() for part in data]
    assert grey[0] == [0, 16, 24, 40, 48, 100, 116, 124, 140, 148]  # 1 and 4 aren't there
    assert grey[1] == [56, 64, 156, 164]
    assert grey[2] == [72, 80, 88, 172, 180, 188]
    assert data.test.y.tolist() == [0, 0, 0, 1, 1, 1]


def test_the_authors_archive_is_refused_if_a_class_has_no_readable_photo(tmp_path):
    with pytest.raises(ValueError, match="expected photos"):
        images.load_cats_vs_dogs({"a": pet_images(tmp_path / "pets.zip", n=1)}, size=8)


def test_the_authors_archive_is_fetched_where_the_mirror_has_no_small_one(tmp_path, monkeypatch):
    served = pet_images(tmp_path / "pets.zip")
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *args: None)
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path / "empty"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    small, authors = entry("cats_vs_dogs").variants
    (file,) = authors.files
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/pets.zip"
        file = replace(file, sha256=file_sha256(served), sources=(Source("url", url),))
        item = replace(entry("cats_vs_dogs"), variants=(small, replace(authors, files=(file,))))
        data = fetch.read(item, size=8)
        server.shutdown()
    assert data.source == f"url {url}"
    assert data.train.x.shape == (10, 8, 8, 3)


NAMES = ["Bengal_2", "Bengal_10", "pug_1"]


def pets(folder, names=NAMES, *, maps=None, extra=()):
    """Write the authors' two archives, small: photos of one grey each, maps of three stripes."""
    maps = names if maps is None else maps
    stripes = np.repeat(np.array([[1, 3, 2]], np.uint8), 6, axis=0)  # (6, 3)
    members = {"images.tar.gz": [("images/Abyssinian_1.mat", b"\0")], "annotations.tar.gz": []}
    for k, name in enumerate(names):
        photo = png(np.full((4, 9, 3), 40 * k + 40, np.uint8), "JPEG")
        members["images.tar.gz"].append((f"images/{name}.jpg", photo))
    for name in maps:
        members["annotations.tar.gz"] += [
            (f"annotations/trimaps/{name}.png", png(stripes)),
            (f"annotations/trimaps/._{name}.png", b"\0\5"),
            (f"annotations/xmls/{name}.xml", b"<a/>"),
        ]
    members["annotations.tar.gz"] += extra
    for archive, files in members.items():
        with tarfile.open(folder / archive, "w:gz") as made:
            for name, content in files:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                made.addfile(info, io.BytesIO(content))
    return {name: folder / name for name in members}


def test_oxford_pets_pair_each_photo_with_its_map_and_count_classes_from_zero(tmp_path):
    data = images.load_oxford_pets(pets(tmp_path), size=6)
    assert data.train.x.shape == (3, 6, 6, 3)
    assert data.train.y.shape == (3, 6, 6)
    assert data.train.y.dtype == np.int64
    np.testing.assert_array_equal(data.train.y, np.tile([0, 0, 2, 2, 1, 1], (3, 6, 1)))
    greys = np.rint(255 * data.train.x.mean(axis=(1, 2, 3)))
    assert greys.tolist() == [80, 40, 120]  # by name, as text: Bengal_10 before Bengal_2
    assert data.class_names == ("pet", "background", "border")


def test_maps_of_oxford_pets_are_not_interpolated(tmp_path):
    data = images.load_oxford_pets(pets(tmp_path), size=8)
    stripes = data.train.y[0, 0]  # 0 beside 2: a mean would be 1
    assert [a for a, b in zip(stripes, [*stripes[1:], -1], strict=True) if a != b] == [0, 2, 1]


def test_oxford_pets_refuse_a_photo_without_its_map_and_strange_classes(tmp_path):
    with pytest.raises(ValueError, match=r"a map for each photo.*'pug_1'"):
        images.load_oxford_pets(pets(tmp_path, maps=NAMES[:2]), size=4)
    with pytest.raises(ValueError, match="no photos"):
        images.load_oxford_pets(pets(tmp_path, [], maps=[]), size=4)
    strange = ("annotations/trimaps/pug_1.png", png(np.full((4, 4), 7, np.uint8)))
    paths = pets(tmp_path, maps=NAMES[:2], extra=[strange])
    with pytest.raises(ValueError, match=r"maps of 1, 2 and 3, got \[7\] as well"):
        images.load_oxford_pets(paths, size=4)


def membranes(path, x, y):
    with zipfile.ZipFile(path, "w") as archive:
        for folder, pages in (("image", x), ("label", y)):
            for k, page in enumerate(pages):
                archive.writestr(f"{folder}/{k:02}.png", png(page))
    return path


def test_em_membranes_gives_a_label_to_every_pixel(tmp_path):
    x, y = random_bytes(3, 16, 16), random_bytes(3, 16, 16) // 128 * 255
    data = images.load_em_membranes({"archive": membranes(tmp_path / "em.zip", x, y)})
    np.testing.assert_array_equal(np.rint(data.train.x * 255), x)
    np.testing.assert_array_equal(data.train.y, y // 255)
    assert data.train.y.dtype == np.int64
    assert data.val is None
    assert data.test is None


def test_em_membranes_is_the_same_from_tiff_stacks(tmp_path):
    x, y = random_bytes(3, 16, 16), random_bytes(3, 16, 16) // 128 * 255
    one = images.load_em_membranes({"archive": membranes(tmp_path / "em.zip", x, y)})
    paths = {}
    for name, pages in (("train-volume", x), ("train-labels", y)):
        paths[name] = tmp_path / f"{name}.tif"
        first, *others = (Image.fromarray(page) for page in pages)
        first.save(paths[name], save_all=True, append_images=others)
    two = images.load_em_membranes(paths)
    np.testing.assert_array_equal(one.train.x, two.train.x)
    np.testing.assert_array_equal(one.train.y, two.train.y)


@pytest.mark.parametrize("fault", ["grey labels", "a label missing", "nothing"])
def test_em_membranes_refuses_labels_that_do_not_fit(tmp_path, fault):
    x, y = random_bytes(3, 16, 16), np.zeros((3, 16, 16), np.uint8)
    y, x = {"grey labels": (y + 7, x), "a label missing": (y[:2], x), "nothing": (y[:0], x[:0])}[
        fault
    ]
    with pytest.raises(ValueError, match="expected labels of 0 and 255"):
        images.load_em_membranes({"archive": membranes(tmp_path / "em.zip", x, y)})
