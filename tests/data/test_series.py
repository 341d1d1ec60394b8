"""Weather loaders, on small files in each real format: gaps, bad times, missing columns."""

import tracemalloc
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.data import series


def hours(values, start="2020-01-01"):
    return pd.DataFrame({"t": values}, index=pd.date_range(start, periods=len(values), freq="1h"))


def test_a_gap_becomes_a_straight_line_in_time_and_is_counted():
    frame = hours([1.0, np.nan, 5.0, -9999, -9999, 2.0])
    filled, counts = series.evenly(frame, step="1h")
    assert filled["t"].tolist() == [1, 3, 5, 4, 3, 2]
    assert counts.tolist() == [3]


def test_missing_hours_are_put_back_and_ends_take_the_nearest_value():
    frame = hours([np.nan, 2.0, 3.0, 4.0, 5.0, np.nan]).drop(pd.Timestamp("2020-01-01 03:00"))
    filled, counts = series.evenly(frame, step="1h")
    assert filled["t"].tolist() == [2, 2, 3, 4, 5, 5]
    assert counts.tolist() == [3]


@given(st.lists(st.one_of(st.none(), st.floats(-50, 50)), min_size=2, max_size=30), st.data())
def test_filling_changes_no_measured_value_and_leaves_none_missing(values, data):
    values[data.draw(st.integers(0, len(values) - 1))] = 1.5
    frame = hours(np.array([np.nan if v is None else v for v in values]))
    filled, counts = series.evenly(frame, step="1h")
    measured = frame["t"].notna()
    assert (filled["t"][measured] == frame["t"][measured]).all()
    assert filled["t"].notna().all()
    assert counts.tolist() == [(~measured).sum()]
    assert filled["t"].between(frame["t"].min(), frame["t"].max()).all()


@pytest.mark.parametrize("order", [[0, 2, 1], [0, 1, 1], []])
def test_times_out_of_order_are_refused(order):
    with pytest.raises(ValueError, match="expected ascending times without repeats"):
        series.evenly(hours([1.0, 2.0, 3.0]).iloc[order], step="1h")


def test_a_time_off_the_grid_is_named():
    frame = hours([1.0, 2.0, 3.0]).rename(index=lambda t: t.replace(minute=5 * (t.hour == 1)))
    with pytest.raises(ValueError, match=r"every 1h from 2020-01-01 00:00:00, got .* 01:05:00"):
        series.evenly(frame, step="1h")


def test_a_column_without_any_value_is_refused():
    with pytest.raises(ValueError, match=r"expected values in \['t'\], got none"):
        series.evenly(hours([-9999.0, np.nan]), step="1h")


@pytest.fixture
def davos():
    times = pd.date_range("2013-01-01 00:15", periods=6, freq="30min", name="TIMESTAMP_MIDDLE")
    frame = pd.DataFrame({name: np.arange(6.0) for name in series.DAVOS}, index=times)
    frame.loc[times[2:4], "PA"] = np.nan
    return frame.assign(NEE=1.0)


def test_davos_takes_the_weather_columns_and_the_temperature_as_target(tmp_path, davos):
    davos["Tair_f"] += 10
    davos.to_parquet(tmp_path / "d.parquet")
    data = series.load_davos({"parquet": tmp_path / "d.parquet"})
    assert data.train.x.shape == (6, 7)
    assert data.train.x.dtype == data.train.y.dtype == np.float32
    assert data.train.y.tolist() == [10, 11, 12, 13, 14, 15]
    assert data.feature_names == tuple(series.DAVOS.values())
    assert data.train.x[:, 3].tolist() == [0, 1, 2, 3, 4, 5]  # the gap in PA is a line
    assert data.extra["filled"].tolist() == [0, 0, 0, 2, 0, 0, 0]
    assert data.extra["times"].dtype == "M8[s]"
    assert data.extra["times"][1] - data.extra["times"][0] == np.timedelta64(30, "m")


def test_davos_names_a_missing_column(tmp_path, davos):
    davos.drop(columns="RH").to_parquet(tmp_path / "d.parquet")
    with pytest.raises(ValueError, match=r"expected columns \['RH'\]"):
        series.load_davos({"parquet": tmp_path / "d.parquet"})


JENA = """"Date Time","p (mbar)","T (degC)","wv (m/s)"
01.01.2009 00:10:00,996.52,-8.02,1.03
01.01.2009 00:20:00,996.57,-8.41,-9999.00
01.01.2009 00:20:00,900.00,50.00,9.99
01.01.2009 00:50:00,996.51,-8.11,1.93
"""


@pytest.mark.parametrize("zipped", [False, True])
def test_jena_drops_repeats_fills_gaps_and_marks_what_was_not_measured(tmp_path, zipped):
    path = tmp_path / ("jena.csv.zip" if zipped else "jena.csv")
    if zipped:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("jena_climate_2009_2016.csv", JENA)
    else:
        path.write_text(JENA)
    data = series.load_jena({"archive": path})
    np.testing.assert_allclose(data.train.y, [-8.02, -8.41, -8.31, -8.21, -8.11], rtol=1e-6)
    np.testing.assert_allclose(data.train.x[:, 2], [1.03, 1.255, 1.48, 1.705, 1.93], rtol=1e-6)
    assert data.extra["filled"].tolist() == [2, 2, 3]
    assert data.feature_names == ("p (mbar)", "T (degC)", "wv (m/s)")
    assert str(data.extra["times"][0]) == "2009-01-01T00:10:00"


def test_jena_needs_its_time_column(tmp_path):
    (tmp_path / "j.csv").write_text(JENA.replace("Date Time", "when"))
    with pytest.raises(ValueError, match="Date Time"):
        series.load_jena({"archive": tmp_path / "j.csv"})


def test_half_a_quarter_and_the_rest_of_420451_rows_lose_none():
    table = np.broadcast_to(np.float32(0), (420_451, 14))
    parts = series.by_time(table, table[:, 0])
    assert [len(part) for part in parts] == [210_225, 105_112, 105_114]


@given(st.integers(8, 500), st.floats(0.2, 0.6), st.floats(0.2, 0.3))
def test_the_parts_are_the_series_in_order_and_views_of_it(n, first, second):
    x = np.arange(2.0 * n).reshape(n, 2)
    parts = series.by_time(x, x[:, 0], shares=(first, second))
    assert np.concatenate([part.x for part in parts]).tolist() == x.tolist()
    assert np.concatenate([part.y for part in parts]).tolist() == x[:, 0].tolist()
    assert all(np.shares_memory(part.x, x) for part in parts)


@pytest.mark.parametrize("shares", [(0.9, 0.1), (0.0, 0.5), (0.5, 0.0)])
def test_a_part_without_rows_is_refused(shares):
    with pytest.raises(ValueError, match="rows for all three parts"):
        series.by_time(np.zeros(10), np.zeros(10), shares=shares)


small = st.integers(1, 5)


@given(small, small, st.integers(0, 5), small, st.integers(1, 30))
def test_windows_hold_the_rows_that_their_definition_names(length, rate, horizon, stride, more):
    n = (length - 1) * rate + horizon + more
    t = np.arange(n)
    x, y = series.windows(np.column_stack([t, -t]), t, length=length, rate=rate, horizon=horizon,
                          stride=stride)  # fmt: skip
    starts = range(0, more, stride)
    assert x.shape == (len(starts), length, 2)
    for i, start in enumerate(starts):
        assert x[i, :, 0].tolist() == [start + k * rate for k in range(length)]
        assert x[i, :, 1].tolist() == [-(start + k * rate) for k in range(length)]
        assert y[i] == x[i, -1, 0] + horizon, "the horizon counts from the last row shown"


@given(st.integers(20, 80), small, small, st.integers(0, 5))
def test_no_window_of_a_part_holds_a_row_or_a_target_of_another(n, length, rate, horizon):
    t = np.arange(8 * n)
    parts = series.by_time(t[:, None], t)
    cut = [series.windows(*p, length=length, rate=rate, horizon=horizon) for p in parts]
    for own, part in zip(parts, cut, strict=True):
        assert part.x.min() == own.y[0]
        assert part.y.max() == own.y[-1]
        assert part.x.max() <= own.y[-1]


def test_targets_may_have_several_columns_or_be_times():
    x = np.zeros((6, 1))
    assert series.windows(x, np.zeros((6, 3)), length=2, horizon=1).y.shape == (4, 3)
    times = np.arange("2020-01-01", "2020-01-07", dtype="M8[D]")
    assert str(series.windows(x, times, length=2, horizon=1).y[0]) == "2020-01-03"


def test_windows_cannot_be_written_through():
    x, y = np.zeros((6, 1)), np.zeros(6)
    cut = series.windows(x, y, length=2, horizon=1)
    for part in cut:
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 1
    x[0], y[0] = 1, 1  # the reader's own arrays stay as they are


def test_all_windows_of_420451_rows_take_less_than_a_megabyte():
    table = np.zeros((420_451, 14), np.float32)
    tracemalloc.start()
    try:
        train, val, test = series.by_time(table, table[:, 1])
        cut = [series.windows(*p, length=120, rate=6, horizon=144) for p in (train, val, test)]
        batch = cut[0].x[np.arange(0, 200_000, 800)]  # 250 windows, 1.7 MB
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [len(part) for part in cut] == [209_367, 104_254, 104_256]
    assert sum(part.x.nbytes for part in cut) > 2e9, "as copies they would not fit"
    assert np.shares_memory(cut[2].x, table)
    assert peak < batch.nbytes + 1e6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0, "horizon": 1}, "at least 1"),
        ({"length": 2, "horizon": -1}, "horizon of at least 0"),
        ({"length": 2, "horizon": 1, "rate": 0}, "at least 1"),
        ({"length": 2, "horizon": 1, "stride": 0}, "at least 1"),
        ({"length": 3, "horizon": 2, "rate": 2}, "expected more than 6 rows for one window"),
    ],
)
def test_windows_that_cannot_be_cut_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        series.windows(np.zeros((6, 1)), np.zeros(6), **options)


def test_windows_need_a_target_for_each_row():
    with pytest.raises(ValueError, match="as many targets as rows"):
        series.windows(np.zeros((6, 1)), np.zeros(5), length=2, horizon=1)


def test_scaling_looks_at_the_training_rows_only():
    x = np.random.default_rng(0).normal(1000, 3, (100, 2))
    other = x.copy()
    other[50:] = -7
    first, second = (series.standardise(part, rows=slice(50)) for part in (x, other))
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first[:50], second[:50])
    np.testing.assert_allclose(first[:50].mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(first[:50].std(axis=0), 1, rtol=1e-4)


def test_a_long_column_near_1000_keeps_its_mean_in_32_bits():
    rng = np.random.default_rng(0)
    x = rng.normal(1000, 5, (400_000, 1)).astype(np.float32)
    assert abs(series.standardise(x, rows=slice(None)).mean(dtype=float)) < 1e-4


def test_a_constant_column_becomes_zero_and_no_training_row_is_refused():
    assert series.standardise(np.full((4, 1), 3.0), rows=slice(2)).ravel().tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="expected training rows"):
        series.standardise(np.zeros((4, 1)), rows=slice(0))
