"""Weather loaders, on small files in each real format: gaps, bad times, missing columns."""

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
