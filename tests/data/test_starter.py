"""The bundled samples: complete, small, real, free of pickles, and licensed."""

import importlib.util
import io
import re
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from labkit.data.images import pictures
from labkit.data.starter import FOLDER, STARTER_IDS, _part, load_starter
from labkit.data.text import Sequences
from labkit.types import Dataset

#: Rows of train and test, shape of a row of x (None: word ids), number of classes (None: values).
EXPECTED = {
    "boston": (506, 0, (13,), None),
    "california": (20640, 0, (8,), None),
    "cifar10": (1500, 500, (32, 32, 3), 10),
    "cifar_cats_dogs": (1600, 400, (32, 32, 3), 2),
    "fashion_mnist": (4000, 1000, (28, 28), 10),
    "imdb": (2000, 1000, None, 2),
    "magic": (7500, 0, (10,), 2),
    "mnist": (4000, 1000, (28, 28), 10),
    "novel": (1130646, 0, (), None),
    "reuters": (2500, 800, None, 46),
    "seeds": (210, 0, (7,), 3),
    "stocks": (8313, 0, (1,), None),
    "weather_hourly": (8730, 0, (7,), None),
    "wine": (1599, 0, (11,), None),
}
SUBSETS = {
    "cifar10": {"train": 50000, "test": 10000},
    "cifar_cats_dogs": {"train": 10000, "test": 2000},
    "fashion_mnist": {"train": 60000, "test": 10000},
    "imdb": {"train": 24791, "test": 24791},
    "magic": {"train": 19020},
    "mnist": {"train": 60000, "test": 10000},
    "reuters": {"train": 6028, "test": 2575},
}


def parts(data):
    return [part for part in data if part is not None]


def test_every_sample_is_expected_here():
    assert set(STARTER_IDS) == set(EXPECTED)


@pytest.mark.parametrize("id", EXPECTED)
def test_a_sample_has_its_rows_shapes_and_types(id):
    n_train, n_test, shape, n_classes = EXPECTED[id]
    data = load_starter(id)
    assert (data.id, data.source) == (id, "starter")
    assert [len(part) for part in parts(data)] == [n for n in (n_train, n_test) if n]
    assert data.val is None
    for x, y in parts(data):
        if shape is None:
            assert isinstance(x, Sequences)
            assert x.ids.dtype == x.offsets.dtype == np.int64
            assert 0 <= x.ids.min() <= x.ids.max() < len(data.extra["vocabulary"]) <= 10_000
            assert np.diff(x.offsets).min() > 0
        else:
            assert x.shape[1:] == shape
            assert x.dtype == (np.int64 if id == "novel" else np.float32)
            assert np.isfinite(x).all()
        if len(shape or ()) > 1:
            assert (x.min(), x.max()) == (0, 1)
            np.testing.assert_array_equal(x, (np.rint(x * 255) / 255).astype(np.float32))
        if n_classes:
            assert y.dtype == np.int64
            assert 0 <= y.min() <= y.max() < n_classes == len(data.class_names)


@pytest.mark.parametrize("id", EXPECTED)
def test_a_subset_says_so_and_of_how_many(id):
    assert load_starter(id).extra.get("subset_of") == SUBSETS.get(id)


@pytest.mark.parametrize("id", ["cifar10", "cifar_cats_dogs", "fashion_mnist", "imdb", "mnist"])
def test_classes_are_balanced_and_mixed(id):
    for part in parts(load_starter(id)):
        counts = np.bincount(part.y)
        assert set(counts) == {len(part) // len(counts)}
        early = np.bincount(part.y[: len(part) // 2], minlength=len(counts))
        assert np.abs(early / counts - 0.5).max() < 0.25


def test_reuters_keeps_every_topic_in_training_most_frequent_first():
    data = load_starter("reuters")
    counts = np.bincount(data.train.y, minlength=46)
    assert counts.min() >= 2
    assert counts.argmax() == 0
    assert data.class_names[:2] == ("earn", "acq")


def test_magic_keeps_the_share_of_gammas():
    assert abs(load_starter("magic").train.y.mean() - 12332 / 19020) < 1e-3


@pytest.mark.parametrize("id", ["cifar10", "fashion_mnist", "mnist"])
def test_no_picture_is_in_training_and_test(id):
    train, test = parts(load_starter(id))
    assert not {x.tobytes() for x in train.x} & {x.tobytes() for x in test.x}


@pytest.mark.parametrize(
    ("id", "mean"), [("mnist", 0.1307), ("fashion_mnist", 0.2860), ("cifar10", 0.4734)]
)
def test_pictures_are_as_bright_as_the_whole_set(id, mean):
    assert abs(load_starter(id).train.x.mean() - mean) < 0.01


def test_known_first_rows_are_there():
    boston, california = load_starter("boston").train, load_starter("california").train
    assert boston.x[0, :3].tolist() == np.float32([0.00632, 18, 2.31]).tolist()
    assert boston.y[0] == 24
    np.testing.assert_allclose(california.x[0, :3], [8.3252, 41, 6.984127], rtol=1e-6)
    assert california.y[0] == np.float32(4.526)
    assert abs(california.y.mean() - 2.068558) < 1e-5
    counts = np.bincount(load_starter("wine").train.y)
    assert counts.tolist() == [0, 0, 0, 10, 53, 681, 638, 199, 18]
    assert np.bincount(load_starter("seeds").train.y).tolist() == [70, 70, 70]


def test_a_review_can_be_read_and_its_vocabulary_is_of_training_rows():
    data = load_starter("imdb")
    vocabulary = data.extra["vocabulary"]
    assert vocabulary[0] == "<unk>"
    used = np.bincount(data.train.x.ids, minlength=len(vocabulary))[1:]
    assert used.min() >= 1  # each word occurs in training
    assert (np.diff(used) <= 0).all()  # and they are ranked by it
    assert {"the", "film"} <= set(vocabulary[data.train.x.ids[:2000]])


def test_stocks_move_together_on_ascending_days():
    data = load_starter("stocks")
    dates = data.extra["dates"]
    assert (np.diff(dates) > np.timedelta64(0, "D")).all()
    assert str(dates[0]) == "1990-01-02"
    prices = np.column_stack([data.train.x[:, 0], data.train.y])
    returns = prices[1:] / prices[:-1] - 1
    assert abs(np.corrcoef(returns.T)[0, 1] - 0.744) < 0.005


def test_weather_is_an_unbroken_year_by_the_hour():
    data = load_starter("weather_hourly")
    times = data.extra["times"]
    assert (np.diff(times) == np.timedelta64(1, "h")).all()
    assert data.extra["filled"].tolist() == [24, 24, 24, 987, 24, 24, 24]
    np.testing.assert_array_equal(data.train.y, data.train.x[:, 0])
    july = data.train.y[times.astype("M8[M]") == np.datetime64("2013-07")]
    assert 20 < july.mean() < 30


def test_the_novel_begins_with_ishmael():
    assert load_starter("novel").extra["lines"][2].startswith("call me ishmael")


def test_all_samples_together_are_at_most_20_megabytes():
    sizes = [path.stat().st_size for path in FOLDER.iterdir() if path.is_file()]
    assert 5e6 < sum(sizes) <= 20e6
    assert max(sizes) < 4e6


@pytest.mark.parametrize("id", EXPECTED)
def test_no_sample_holds_a_pickle_or_a_date(id):
    with zipfile.ZipFile(FOLDER / f"{id}.npz") as archive:
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            with archive.open(info) as file:
                version = np.lib.format.read_magic(file)
                _, _, dtype = getattr(
                    np.lib.format, f"read_array_header_{version[0]}_{version[1]}"
                )(file)
            assert not dtype.hasobject


def test_every_sample_has_its_line_in_the_licences_and_no_other():
    text = (FOLDER / "LICENSES.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\w+)\.npz \| [^|]+ \| ([^|]{3,}) \|", text, re.MULTILINE))
    assert set(rows) == set(STARTER_IDS)


def test_an_unknown_sample_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"boston, california.*got 'higgs'"):
        load_starter("higgs")


@pytest.fixture(scope="module")
def script():
    path = FOLDER.parents[2] / "scripts" / "build_starter.py"
    spec = importlib.util.spec_from_file_location("build_starter", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_builds_every_sample_and_only_those(script):
    assert set(script.MAKERS) == set(STARTER_IDS)


@given(npst.arrays(np.uint8, st.sampled_from([(2, 3, 3), (3, 4, 5, 3), (2, 1, 1, 3)])))
def test_pictures_come_back_from_the_script_as_they_went_in(script, x):
    y = np.arange(len(x))
    data = Dataset(pictures(x, y), class_names=("a", "b", "c"))
    back = _part(script.arrays(data), "train")
    np.testing.assert_array_equal(back.x, data.train.x)
    np.testing.assert_array_equal(back.y, y)


def test_the_script_packs_the_same_arrays_into_the_same_bytes(script):
    arrays = {"b": np.arange(5), "a": np.array(["x", "yy"])}
    one = script.packed(arrays)
    assert one == script.packed(dict(reversed(arrays.items())))
    with np.load(io.BytesIO(one), allow_pickle=False) as file:
        assert file["a"].tolist() == ["x", "yy"]


def test_the_script_refuses_to_pack_objects(script):
    with pytest.raises(ValueError, match="Object arrays"):
        script.packed({"a": np.array([{}], dtype=object)})


@pytest.mark.parametrize("id", EXPECTED)
def test_a_sample_is_packed_as_the_script_packs(script, id):
    committed = (FOLDER / f"{id}.npz").read_bytes()
    with np.load(io.BytesIO(committed), allow_pickle=False) as file:
        assert script.packed(dict(file)) == committed


def new_york(script, local, **columns):
    times = pd.to_datetime(local)
    base = {name: np.zeros(len(times)) for name in script.NEW_YORK}
    clock = {part: getattr(times, part) for part in ("year", "month", "day", "hour")}
    return script.new_york(pd.DataFrame({**clock, **base, **columns}))


def test_new_york_weather_is_converted_to_si_units_and_utc(script):
    values = {"temp": [32.0, 212.0], "precip": [1.0, 2.0], "wind_speed": [10.0, 0.0]}
    data = new_york(script, ["2013-01-01 01:00", "2013-01-01 02:00"], **values)
    np.testing.assert_allclose(data.train.y, [0, 100], atol=1e-5)
    named = dict(zip(data.feature_names, data.train.x.T, strict=True))
    np.testing.assert_allclose(named["precipitation (mm)"], [25.4, 50.8])
    np.testing.assert_allclose(named["wind speed (m/s)"], [4.4704, 0])
    assert str(data.extra["times"][0]) == "2013-01-01T06:00:00"  # EST is UTC − 5
    assert data.unit == "°C"


def test_the_two_one_oclocks_of_november_are_told_apart(script):
    local = [f"2013-11-03 {hour:02}:00" for hour in (0, 1, 1, 2)]
    data = new_york(script, local, temp=[32, 41, 50, 59])
    np.testing.assert_allclose(data.train.y, [0, 5, 10, 15], atol=1e-5)
    assert np.diff(data.extra["times"]).tolist() == [np.timedelta64(1, "h")] * 3
    assert data.extra["filled"].sum() == 0
