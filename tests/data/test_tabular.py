"""Table loaders, on small files in each real format, good and bad."""

import gzip
import io
import tarfile

import numpy as np
import pandas as pd
import pytest

from labkit.data import tabular


def write(path, text):
    path.write_text(text)
    return {path.name: path}


def table(path, rows, header=(), sep=","):
    lines = [sep.join(map(str, row)) for row in ([header] if header else []) + rows]
    return write(path, "\n".join(lines) + "\n")


def test_numbers_takes_columns_in_the_order_asked_for():
    frame = pd.DataFrame({"a": [1, 2], "b": [3.5, 4], "c": ["x", "y"]})
    x = tabular.numbers(frame, ["b", "a"])
    assert x.tolist() == [[3.5, 1], [4, 2]]
    assert x.dtype == np.float32


def test_numbers_names_a_missing_column():
    with pytest.raises(ValueError, match=r"expected columns \['z'\], got \['a'\]"):
        tabular.numbers(pd.DataFrame({"a": [1]}), ["a", "z"])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_says_where_a_value_is_not_finite(bad):
    with pytest.raises(ValueError, match="row 1, column 'b' and 0 more"):
        tabular.numbers(pd.DataFrame({"a": [1, 2], "b": [3, bad]}), ["a", "b"])


def test_numbers_refuses_words():
    with pytest.raises(ValueError, match="expected numbers in"):
        tabular.numbers(pd.DataFrame({"a": ["1", "many"]}), ["a"])


SEEDS = [[15.26, 14.84, 0.871, 5.763, 3.312, 2.221, 5.22], [*range(1, 8)], [*range(7, 0, -1)]]


def test_seeds_is_the_same_with_commas_and_with_uneven_blanks(tmp_path):
    by_comma = [[*row, label] for row, label in zip(SEEDS, (1, 2, 0), strict=True)]
    by_tab = [[*row, label] for row, label in zip(SEEDS, (1, 2, 3), strict=True)]
    one = tabular.load_seeds(table(tmp_path / "seeds.csv", by_comma))
    two = tabular.load_seeds(table(tmp_path / "seeds_dataset.txt", by_tab, sep="\t\t"))
    for data in (one, two):
        assert data.train.y.tolist() == [0, 1, 2]
        assert data.class_names == ("Kama", "Rosa", "Canadian")
        np.testing.assert_array_equal(data.train.x, np.array(SEEDS, np.float32))
        assert (data.val, data.test) == (None, None)


def test_seeds_refuses_a_fourth_variety(tmp_path):
    with pytest.raises(ValueError, match=r"expected classes out of \[1, 2, 3\], got \[4\]"):
        tabular.load_seeds(table(tmp_path / "seeds.csv", [[*SEEDS[0], 4]]))


def test_seeds_refuses_another_number_of_columns(tmp_path):
    with pytest.raises(ValueError, match="expected 8 columns, got 7"):
        tabular.load_seeds(table(tmp_path / "seeds.csv", SEEDS))


WINES = [[7.4, 0.7, 0, 1.9, 0.076, 11, 34, 0.9978, 3.51, 0.56, 9.4, 5], [*range(11), 8]]


def test_wine_is_the_same_in_both_dialects(tmp_path):
    header = [f'"{name}"' for name in (*tabular.WINE, "class")]
    spaced = [f'"{name}"'.replace("_", " ") for name in (*tabular.WINE, "quality")]
    one = tabular.load_wine(table(tmp_path / "a.csv", WINES, header))
    two = tabular.load_wine(table(tmp_path / "b.csv", WINES, spaced, sep=";"))
    for data in (one, two):
        np.testing.assert_array_equal(data.train.x, np.array(WINES, np.float32)[:, :11])
        assert data.train.y.tolist() == [5, 8]
        assert data.train.y.dtype == np.int64


def test_wine_names_a_missing_column(tmp_path):
    header = [*tabular.WINE[:-1], "strength", "class"]
    with pytest.raises(ValueError, match=r"expected columns \['alcohol'\]"):
        tabular.load_wine(table(tmp_path / "a.csv", WINES, header))


def test_wine_refuses_a_missing_value(tmp_path):
    rows = [[*WINES[0][:8], "", *WINES[0][9:]]]
    with pytest.raises(ValueError, match="got nan in row 0, column 'pH'"):
        tabular.load_wine(table(tmp_path / "a.csv", rows, [*tabular.WINE, "class"]))


def test_boston_is_the_same_from_csv_and_from_npz(tmp_path):
    rows = np.arange(28.0).reshape(2, 14) + 0.25
    one = tabular.load_boston(table(tmp_path / "boston.csv", rows.tolist()))
    np.savez(tmp_path / "boston.npz", x=rows[:, :13], y=rows[:, 13])
    two = tabular.load_boston({"npz": tmp_path / "boston.npz"})
    for data in (one, two):
        np.testing.assert_array_equal(data.train.x, rows[:, :13].astype(np.float32))
        assert data.train.y.tolist() == [13.25, 27.25]
        assert data.train.x.dtype == data.train.y.dtype == np.float32
    assert one.unit == "1000 USD"


def census(tmp_path):
    """Return two districts: raw, as the original file has them, and the columns made of them."""
    raw = np.array(
        [
            [-122.23, 37.88, 41, 880, 129, 322, 126, 8.3252, 452600],
            [-122.22, 37.86, 21, 7099, 1106, 2401, 1138, 8.3014, 358500],
        ]
    )
    data = "\n".join(",".join(map(str, row)) for row in raw).encode()
    path = tmp_path / "cal_housing.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (("cal_housing.domain", b"text"), ("cal_housing.data", data)):
            info = tarfile.TarInfo(f"CaliforniaHousing/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    longitude, latitude, age, rooms, bedrooms, people, homes, income, value = raw.T
    columns = [income, age, rooms / homes, bedrooms / homes, people, people / homes, latitude]
    return path, np.column_stack([*columns, longitude]), value / 100_000


def test_california_is_the_same_from_parquet_and_from_the_original(tmp_path):
    archive, x, y = census(tmp_path)
    frame = pd.DataFrame(x, columns=tabular.CALIFORNIA).assign(MedHouseVal=y)
    frame.to_parquet(tmp_path / "c.parquet.brotli", compression="brotli")
    one = tabular.load_california({"parquet": tmp_path / "c.parquet.brotli"})
    two = tabular.load_california({"archive": archive})
    for data in (one, two):
        np.testing.assert_array_equal(data.train.x, x.astype(np.float32))
        np.testing.assert_array_equal(data.train.y, y.astype(np.float32))
    assert one.train.x[0, 2] == np.float32(6.984127)


def test_california_names_a_missing_column(tmp_path):
    _, x, _ = census(tmp_path)
    pd.DataFrame(x, columns=tabular.CALIFORNIA).to_parquet(tmp_path / "c.parquet")
    with pytest.raises(ValueError, match="MedHouseVal"):
        tabular.load_california({"parquet": tmp_path / "c.parquet"})


def test_magic_calls_gammas_1_and_skips_header_lines(tmp_path):
    rows = [[*range(10), "g"], [*range(10, 20), " h"]]
    paths = table(tmp_path / "magic.dat", [["@relation magic"], ["@data"], *rows])
    data = tabular.load_magic(paths)
    assert data.train.y.tolist() == [1, 0]
    assert data.class_names == ("hadron", "gamma")
    assert data.train.x.shape == (2, 10)


def test_magic_refuses_another_class(tmp_path):
    with pytest.raises(ValueError, match=r"\['h', 'g'\], got \['p'\]"):
        tabular.load_magic(table(tmp_path / "magic.dat", [[*range(10), "p"]]))


@pytest.fixture
def higgs(tmp_path):
    rows = np.random.default_rng(0).normal(size=(12, 28))
    lines = [f"{k % 2}.0e+00," + ",".join(map(repr, map(float, row))) for k, row in enumerate(rows)]
    path = tmp_path / "HIGGS.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return rows, {path.name: path}


def test_higgs_reads_the_label_from_the_first_column_of_the_first_rows(higgs):
    rows, paths = higgs
    data = tabular.load_higgs(paths, rows=10)
    assert data.train.y.tolist() == [0, 1] * 5
    assert len(data.feature_names) == data.train.x.shape[1] == 28
    np.testing.assert_array_equal(data.train.x, rows[:10].round(3).astype(np.float32))


def test_higgs_refuses_a_file_with_too_few_rows(higgs):
    with pytest.raises(ValueError, match="expected 7500 rows, got 12"):
        tabular.load_higgs(higgs[1])


def test_advertising_takes_column_names_in_any_case_and_ignores_a_row_number(tmp_path):
    header = ["", "TV", "radio", "newspaper", "sales"]
    rows = [[1, 230.1, 37.8, 69.2, 22.1]]
    data = tabular.load_advertising(table(tmp_path / "a.csv", rows, header))
    assert data.feature_names == ("TV", "Radio", "Newspaper")
    np.testing.assert_array_equal(data.train.x, np.array([[230.1, 37.8, 69.2]], np.float32))
    assert data.train.y.tolist() == [np.float32(22.1)]


STOCKS = [["1990-01-02", 1, 4.599, 3.394], ["1990-01-03", 2, 4.6, 3.4]]


def test_stocks_gives_jpm_as_x_bac_as_y_and_the_days(tmp_path):
    path = tmp_path / "sp500.csv.gz"
    text = "\n".join(",".join(map(str, row)) for row in [["Date", "AAPL", "BAC", "JPM"], *STOCKS])
    path.write_bytes(gzip.compress(text.encode()))
    data = tabular.load_stocks({path.name: path})
    assert data.train.x.tolist() == [[np.float32(3.394)], [np.float32(3.4)]]
    assert data.train.y.tolist() == [np.float32(4.599), np.float32(4.6)]
    assert data.extra["dates"].tolist() == np.array(["1990-01-02", "1990-01-03"], "M8[D]").tolist()


def test_stocks_refuses_days_out_of_order(tmp_path):
    with pytest.raises(ValueError, match="expected ascending dates"):
        tabular.load_stocks(table(tmp_path / "s.csv", STOCKS[::-1], ["Date", "AAPL", "BAC", "JPM"]))
