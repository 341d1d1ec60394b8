"""Picture sets: digits, garments, CIFAR-10, cats and dogs, pets, cell membranes.

Every loader takes a dict of paths (the files' names tell which is which, the keys are not looked
at) and returns pictures as float32 in [0, 1], grey ones of shape (n, h, w) and coloured ones of
shape (n, h, w, 3), with int64 labels. Archives are read in place and nothing is unpickled.
"""

import contextlib
import gzip
import json
import math

import numpy as np

from labkit.data.archive import members
from labkit.data.catalogue import entry
from labkit.types import Dataset, Split


def read_idx(path) -> np.ndarray:
    """Return the array in an IDX file of unsigned bytes, plain or gzipped.

    Parameters
    ----------
    path : pathlib.Path
        A file in MNIST's format: two zero bytes, a type code, the number of dimensions, each
        dimension as a big-endian uint32, then the bytes; ``.gz`` names are decompressed.

    Returns
    -------
    ndarray of the shape that the header states, uint8, 0 … 255

    Raises
    ------
    ValueError
        If the header is not IDX's, or there are more or fewer bytes than it announces.

    References
    ----------
    LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
    >>> _ = file.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    >>> read_idx(file).tolist()
    [7, 2, 1]
    """
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if len(data) < 4 or data[:3] != b"\0\0\x08":
        raise ValueError(f"expected an IDX file of bytes (0, 0, 8, …), got {data[:4]!r} in {path}")
    start = 4 + 4 * data[3]
    shape = tuple(int(d) for d in np.frombuffer(data[4:start], ">u4"))
    if len(shape) != data[3] or len(data) - start != math.prod(shape):
        raise ValueError(
            f"expected {math.prod(shape):,} bytes for shape {shape}, got {len(data) - start:,} "
            f"in {path}; the file is cut off or damaged: delete it and load again"
        )
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def pictures(x, y, *, n_classes=10) -> Split:
    """Return byte pictures with their labels as a Split of floats and int64.

    Parameters
    ----------
    x : ndarray of shape (n, h, w) or (n, h, w, 3), uint8
        Pixels.
    y : array-like of shape (n,), int
        Labels.
    n_classes : int
        Labels must lie in 0 … n_classes − 1.

    Returns
    -------
    Split
        x float32 in [0, 1], y int64.

    Raises
    ------
    ValueError
        If the pixels are not bytes, a label is out of range, or the lengths differ.

    Examples
    --------
    >>> pictures(np.full((1, 2, 2), 255, np.uint8), [3]).x.max()
    np.float32(1.0)
    """
    y = np.asarray(y).astype(np.int64).ravel()
    if x.dtype != np.uint8:
        raise ValueError(f"expected pixels as bytes (uint8), got {x.dtype}")
    if len(y) and not 0 <= y.min() <= y.max() < n_classes:
        raise ValueError(
            f"expected labels in 0 … {n_classes - 1}, got {y.min()} … {y.max()}; "
            "the labels belong to another set, or the file is damaged"
        )
    # One pass, in place: 60,000 pictures need no second float array.
    scaled = x.astype(np.float32)
    scaled /= 255
    return Split(scaled, y)


def _named(paths, start):
    found = [path for path in paths.values() if path.name.startswith(start)]
    if len(found) != 1:
        names = sorted(path.name for path in paths.values())
        raise ValueError(f"expected one file called {start}…, got {names}")
    return found[0]


def load_mnist(paths) -> Dataset:
    """Return MNIST: 60,000 training and 10,000 test digits, x (n, 28, 28) float32 in [0, 1].

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        IDX files train-images…, train-labels…, t10k-images… and t10k-labels…, plain or .gz; or
        one .npz with the arrays x_train, y_train, x_test and y_test.

    Returns
    -------
    Dataset
        Ink is bright (1) on a dark (0) ground; y int64, 0 … 9.

    Raises
    ------
    ValueError
        If a file is damaged.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86, 1998.
    """
    (first, *_) = paths.values()
    if first.suffix == ".npz":
        with np.load(first, allow_pickle=False) as file:
            parts = [(file[f"x_{part}"], file[f"y_{part}"]) for part in ("train", "test")]
    else:
        names = ("train-images", "train-labels", "t10k-images", "t10k-labels")
        arrays = [read_idx(_named(paths, name)) for name in names]
        parts = arrays[:2], arrays[2:]
    train, test = (pictures(x, y) for x, y in parts)
    return entry("mnist").dataset(train, test=test)


def load_fashion_mnist(paths) -> Dataset:
    """Return Fashion-MNIST: 60,000 and 10,000 garments in MNIST's format and shapes.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        As for `load_mnist`.

    Returns
    -------
    Dataset
        x (n, 28, 28) float32 in [0, 1]; y int64, 0 … 9.

    Raises
    ------
    ValueError
        If a file is damaged.

    References
    ----------
    Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
    learning algorithms", 2017.
    """
    train, _, test = load_mnist(paths)
    return entry("fashion_mnist").dataset(train, test=test)


def load_cifar10(paths) -> Dataset:
    """Return CIFAR-10: 50,000 training and 10,000 test photos, x (n, 32, 32, 3) in [0, 1].

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        Either one archive, the canonical *binary* version (a label byte and 3,072 pixel bytes a
        row; the Python version is a pickle and is not read), or PNG sheets with one photo a
        row, data_batch_1… to data_batch_5… and test_batch…, with the labels as JSON lists,
        train_la… and test_la….

    Returns
    -------
    Dataset
        x float32 (n, 32, 32, 3), red green blue; y int64, 0 … 9.

    Raises
    ------
    ValueError
        If a sheet has not 1,024 columns of three colours, or labels and photos do not match.

    References
    ----------
    Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
    """
    batches = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
    if len(paths) == 1:
        (path,) = paths.values()
        wanted = [f"{batch}.bin" for batch in batches]
        found = {name.split("/")[-1]: file.read() for name, file in members(path)}
        if missing := [name for name in wanted if len(found.get(name, b".")) % 3073]:
            raise ValueError(f"expected rows of 3,073 bytes in {missing}; got {sorted(found)}")
        rows = [np.frombuffer(found[name], np.uint8).reshape(-1, 3073) for name in wanted]
        rows = np.concatenate(rows[:5]), rows[5]
        # (n, 3, 32, 32) planes -> (n, 32, 32, 3) pixels
        parts = [(r[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), r[:, 0]) for r in rows]
    else:
        sheets = {name: _pixels(_named(paths, name)) for name in batches}
        if wrong := [name for name, sheet in sheets.items() if sheet.shape[1:] != (1024, 3)]:
            raise ValueError(f"expected sheets of shape (n, 1024, 3), got others: {wrong}")
        x = np.concatenate([sheets[name] for name in batches[:5]]), sheets["test_batch"]
        y = [json.loads(_named(paths, f"{part}_la").read_text()) for part in ("train", "test")]
        parts = [(x.reshape(-1, 32, 32, 3), y) for x, y in zip(x, y, strict=True)]
    train, test = (pictures(x, y) for x, y in parts)
    return entry("cifar10").dataset(train, test=test)


def load_cifar_cats_dogs(paths) -> Dataset:
    """Return the cats (0) and dogs (1) of CIFAR-10: 10,000 training and 2,000 test photos.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        As for `load_cifar10`.

    Returns
    -------
    Dataset
        x float32 (n, 32, 32, 3) in [0, 1]; y int64, CIFAR's classes 3 and 5 in its order.

    Raises
    ------
    ValueError
        As for `load_cifar10`.
    """
    train, _, test = load_cifar10(paths)
    animals = (part.take(np.isin(part.y, (3, 5))) for part in (train, test))
    train, test = (Split(part.x, (part.y == 5).astype(np.int64)) for part in animals)
    return entry("cifar_cats_dogs").dataset(train, test=test)


def _pixels(file, *, size=None, mode="RGB"):
    from PIL import Image

    with Image.open(file) as picture:
        how = Image.Resampling.BILINEAR if mode == "RGB" else Image.Resampling.NEAREST
        picture = picture.convert(mode)
        return np.asarray(picture.resize((size, size), how) if size else picture)


def _pages(file):
    from PIL import Image, ImageSequence

    with Image.open(file) as picture:
        return [np.asarray(page.convert("L")) for page in ImageSequence.Iterator(picture)]


def _in_folders(found, folders):
    """Return what lies in each of an archive's folders, in the order of the file names."""
    return [[found[n] for n in sorted(found) if n.startswith(f"{f}/")] for f in folders]


def load_cats_vs_dogs(paths, *, size=96) -> Dataset:
    """Return photos of cats (0) and dogs (1): 2,000 training, 1,000 validation, 1,000 test.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        A zip with train/cat, train/dog, test/cat, test/dog; or the authors' own, of 25,000 photos
        in PetImages/Cat and PetImages/Dog, some of which are no pictures.
    size : int
        Pixels a side. Height and width are scaled apart, so the aspect ratio is lost, which is
        also what the published protocol (180 pixels) does.

    Returns
    -------
    Dataset
        x float32 (n, size, size, 3) in [0, 1]; y int64, cats before dogs. Of the small zip the
        training photos, and of its test folder the first half of each class, in the order of the
        file names, for validation and the second half for the test. Of the authors' zip the first
        2,000 readable photos of each class by number: 1,000 to train, then 500 and 500. These are
        other photos: nobody published which ones the small zip took.

    Raises
    ------
    ValueError
        If a folder holds no photo.

    References
    ----------
    Elson, Douceur, Howell and Saul, "Asirra: a CAPTCHA that exploits interest-aligned manual
    image categorization", 2007.
    """
    (path,) = paths.values()
    photos, pets = {}, ("PetImages/Cat", "PetImages/Dog")
    for name, file in members(path):
        folder, _, stem = name.removesuffix(".jpg").rpartition("/")
        if folder in pets and stem.isdecimal() and int(stem) < 2100:  # some can't be read
            with contextlib.suppress(OSError):
                photos[f"{folder}/{int(stem):05}"] = _pixels(file, size=size)
        elif folder not in pets and name.endswith(".jpg"):
            photos[name] = _pixels(file, size=size)
    folders = _in_folders(photos, ("train/cat", "train/dog", "test/cat", "test/dog"))
    if any(found := _in_folders(photos, pets)):
        n = min(1000, *(len(part) // 2 for part in found))
        folders = [part[:n] for part in found] + [part[n : 2 * n] for part in found]
    if not all(folders):
        raise ValueError(f"expected photos in train/ and test/ of both, got {list(photos)[:3]}")
    *train, cats, dogs = folders
    n, m = len(cats) // 2, len(dogs) // 2
    parts = train, (cats[:n], dogs[:m]), (cats[n:], dogs[m:])
    train, val, test = (
        pictures(np.stack(cats + dogs), np.repeat([0, 1], [len(cats), len(dogs)]))
        for cats, dogs in parts
    )
    return entry("cats_vs_dogs").dataset(train, val=val, test=test)


def load_oxford_pets(paths, *, size=200) -> Dataset:
    """Return 7,390 photos of cats and dogs with a class for every pixel.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        The authors' images… and annotations… archives, of images/NAME.jpg and
        annotations/trimaps/NAME.png.
    size : int
        Pixels a side. Photos are interpolated; maps take the nearest pixel, since a mean of two
        class numbers is a third class. Height and width are scaled apart.

    Returns
    -------
    Dataset
        x float32 (n, size, size, 3) in [0, 1]; y int64 (n, size, size), 0 pet, 1 background, 2
        border: the files' 1, 2 and 3, less one. All rows are in `train`, by name, so that the
        breeds lie side by side: shuffle before you cut.

    Raises
    ------
    ValueError
        If a photo has no map or a map no photo, or a map holds another value than 1, 2 and 3.

    References
    ----------
    Parkhi, Vedaldi, Zisserman and Jawahar, "Cats and dogs", CVPR 2012.
    """
    photos, maps = {}, {}
    for part, found, end, mode in (("images", photos, ".jpg", "RGB"), ("ann", maps, ".png", "L")):
        for name, file in members(_named(paths, part)):
            folder, _, stem = name.removesuffix(end).rpartition("/")
            wanted = folder in ("images", "annotations/trimaps") and name.endswith(end)
            if wanted and not stem.startswith("."):  # ._NAME: left over from another system
                found[stem] = _pixels(file, size=size, mode=mode)
    if not photos or (alone := photos.keys() ^ maps.keys()):
        lonely = sorted(alone)[:3] if photos else "no photos"
        raise ValueError(f"expected a map for each photo and a photo for each map, got {lonely}")
    y = np.stack([maps[name] for name in sorted(maps)]).astype(np.int64)
    if strange := set(np.unique(y).tolist()) - {1, 2, 3}:
        raise ValueError(f"expected maps of 1, 2 and 3, got {sorted(strange)} as well")
    x = pictures(np.stack([photos[name] for name in sorted(photos)]), np.zeros(len(y))).x
    return entry("oxford_pets").dataset(Split(x, y - 1))


def load_em_membranes(paths) -> Dataset:
    """Return 30 electron-microscope slices of nerve tissue with a label for every pixel.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        Either a zip with image/00.png … and label/00.png … of equal sizes, or two TIFF files of
        many pages, train-volume… and train-labels….

    Returns
    -------
    Dataset
        x float32 (30, 512, 512) in [0, 1]; y int64 (30, 512, 512), 0 membrane and 1 cell. Only
        `train` is filled. Neighbouring slices (50 nm apart) look alike: hold out blocks of
        slices, not random ones.

    Raises
    ------
    ValueError
        If a picture has no label, or a label has another value than 0 and 255.

    References
    ----------
    Arganda-Carreras et al., "Crowdsourcing the creation of image segmentation algorithms for
    connectomics", Frontiers in Neuroanatomy 9, 2015.
    """
    if len(paths) == 1:
        (path,) = paths.values()
        pages = {n: _pages(file)[0] for n, file in members(path) if n.endswith(".png")}
        x, y = _in_folders(pages, ("image", "label"))
    else:
        x, y = (_pages(_named(paths, f"train-{k}")) for k in ("volume", "labels"))
    x, y = np.array(x), np.array(y)
    if not len(x) or x.shape != y.shape or not np.isin(y, (0, 255)).all():
        raise ValueError(
            f"expected labels of 0 and 255 in the pictures' shape {x.shape}, got {y.shape} "
            f"with values {np.unique(y)[:5]}"
        )
    grey = pictures(x, np.zeros(len(x)), n_classes=1).x
    return entry("em_membranes").dataset(Split(grey, (y // 255).astype(np.int64)))
