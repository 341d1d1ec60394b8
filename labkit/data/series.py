"""Weather in time: Davos by the half-hour and Jena by ten minutes; windows over a long table.

Every loader takes a dict with one path and returns one unbroken, evenly spaced
stretch of time as `train`: x float32 (n, d) in raw units, one row a time step, and y float32
(n,), the air temperature of the same row in °C; the lab cuts windows and splits. extra["times"]
is datetime64[s] (n,); extra["filled"] int64 (d,) counts, for each column of x, the values that
were missing and are interpolated in time.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from labkit.data.catalogue import entry
from labkit.data.tabular import columns
from labkit.types import Dataset, Split, Splits

_MEASURED = ("Tair_f", "RH", "VPD_f", "PA", "Rg_f", "PPFD", "PREC_TOT_T1_25+20_1")
#: Column in the file -> our name.
DAVOS = dict(zip(_MEASURED, entry("davos").feature_names, strict=True))
_NOT_MEASURED = -9999


def evenly(frame, *, step) -> tuple:
    """Put a table of measurements on an even grid of times, and fill what is missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a time, indexed by ascending times, one column a measurement; NaN or −9999
        where there is none.
    step : str
        Distance of the grid's times, such as "30min".

    Returns
    -------
    filled : pandas.DataFrame
        The grid from the first time to the last. Inside, a gap is a straight line in time; at
        the ends, the nearest value.
    counts : ndarray of shape (d,), int64
        How many values of each column were filled.

    Raises
    ------
    ValueError
        If times repeat, descend or miss the grid, or a column has no value at all.

    Examples
    --------
    >>> import pandas as pd
    >>> times = pd.to_datetime(["2020-01-01 00:00", "2020-01-01 02:00"])
    >>> filled, counts = evenly(pd.DataFrame({"t": [1.0, 3.0]}, index=times), step="1h")
    >>> filled["t"].tolist(), counts.tolist()
    ([1.0, 2.0, 3.0], [1])
    """
    import pandas as pd

    times = frame.index
    if not len(times) or not times.is_monotonic_increasing or not times.is_unique:
        raise ValueError("expected ascending times without repeats; sort the rows first")
    grid = pd.date_range(times[0], times[-1], freq=step)
    if not times.isin(grid).all():
        off = times[~times.isin(grid)][0]
        raise ValueError(f"expected times every {step} from {times[0]}, got {off}")
    frame = frame.where(frame != _NOT_MEASURED).reindex(grid)
    empty = [name for name in frame.columns if frame[name].isna().all()]
    if empty:
        raise ValueError(f"expected values in {empty}, got none at all")
    counts = frame.isna().sum().to_numpy(np.int64)
    return frame.interpolate("time", limit_direction="both"), counts


def weather(frame, *, step, temperature) -> Dataset:
    """Return a table of measurements as a Dataset, on an even grid and without gaps.

    Parameters
    ----------
    frame, step
        As for `evenly`.
    temperature : str
        The column of air temperature, which becomes y.

    Returns
    -------
    Dataset
        As this module describes it.

    Raises
    ------
    ValueError
        As `evenly`.
    """
    frame, filled = evenly(frame, step=step)
    x = frame.to_numpy(np.float32)
    y = x[:, list(frame.columns).index(temperature)].copy()
    extra = {"times": frame.index.to_numpy("datetime64[s]"), "filled": filled}
    return Dataset(Split(x, y), feature_names=tuple(frame.columns), unit="°C", extra=extra)


def load_davos(paths) -> Dataset:
    """Return ten years above a forest at Davos, 1,639 m: 175,296 half-hours, 2013–2022.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One parquet file indexed by the half-hours' middles (needs pyarrow).

    Returns
    -------
    Dataset
        x float32 (175296, 7): temperature, relative humidity, vapour pressure deficit, pressure,
        short-wave radiation, photon flux, precipitation; y the temperature. Local standard time.

    Raises
    ------
    ValueError
        If a column is missing or the times are not half an hour apart.
    """
    import pandas as pd

    (path,) = paths.values()
    frame = columns(pd.read_parquet(path), DAVOS).rename(columns=DAVOS)
    return weather(frame, step="30min", temperature="temperature (°C)")


def load_jena(paths) -> Dataset:
    """Return the weather station at Jena, 2009–2016: 14 measurements every ten minutes.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV, plain or zipped, with the column "Date Time" and 14 more.

    Returns
    -------
    Dataset
        x float32 (n, 14), columns and units as the file names them; y the temperature, "T
        (degC)". The file repeats some times and leaves others out: of repeats the first is
        kept, and the gaps are filled, so n is not the file's number of rows.

    Raises
    ------
    ValueError
        If a column is missing or a time is not on the ten-minute grid.

    References
    ----------
    Max Planck Institute for Biogeochemistry, Jena, weather data; Chollet, "Deep learning with
    Python", 2021, chapter 10.
    """
    import pandas as pd

    (path,) = paths.values()
    frame = pd.read_csv(path)
    times = pd.to_datetime(columns(frame, ["Date Time"])["Date Time"], format="%d.%m.%Y %H:%M:%S")
    frame = frame.drop(columns="Date Time").set_axis(pd.DatetimeIndex(times, name=None))
    columns(frame, ["T (degC)"])
    frame = frame[~frame.index.duplicated()].sort_index()
    return weather(frame, step="10min", temperature="T (degC)")


def by_time(x, y, *, shares=(0.5, 0.25)) -> Splits:
    """Cut a series into training, validation and test rows in the order of time.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
        One row a time step, in order.
    y : ndarray of shape (n,) or (n, k)
        Targets, row by row.
    shares : pair of float in (0, 1)
        Of the training and of the validation rows, each rounded down; test takes all the rest,
        so that no row is lost.

    Returns
    -------
    Splits
        Of views: nothing is copied. Cut windows from each part, and none crosses a border.

    Raises
    ------
    ValueError
        If the lengths differ, or a part would be empty.

    Examples
    --------
    >>> [len(part) for part in by_time(np.zeros((420_451, 14)), np.zeros(420_451))]
    [210225, 105112, 105114]
    """
    whole, n = Split(x, y), len(x)
    a = int(shares[0] * n)
    b = a + int(shares[1] * n)
    if not 0 < a < b < n:
        raise ValueError(f"expected rows for all three parts, got shares {shares} of {n} rows")
    return Splits(*(whole.take(slice(*ends)) for ends in ((0, a), (a, b), (b, n))))


def windows(x, y, *, length, horizon, rate=1, stride=1) -> Split:
    """Return every window of a series with its target, as views of the two arrays.

    Window i holds the rows i·stride + (0, rate, …, (length − 1)·rate). Its target is the y of
    ``horizon`` rows after the *last* of them.

    Parameters
    ----------
    x : ndarray of shape (n, d)
        One row a time step.
    y : ndarray of shape (n,) or (n, k)
        Targets, row by row.
    length : int ≥ 1
        Steps a window shows, t.
    horizon : int ≥ 0
        Rows from the last row shown to the target.
    rate : int ≥ 1
        Rows from one step to the next: 2 for hours in a table of half-hours.
    stride : int ≥ 1
        Rows from the start of one window to that of the next.

    Returns
    -------
    Split
        x (m, t, d) and y (m,) or (m, k), read-only views that take no memory of their own.
        Indexing with an array of rows copies those windows, and a slice copies none.

    Raises
    ------
    ValueError
        If the lengths of x and y differ, a number is out of range, or no window fits.

    References
    ----------
    Book equation eq-forecasting-window.

    Examples
    --------
    >>> rows = np.arange(6.0)
    >>> x, y = windows(rows[:, None], rows, length=2, rate=2, horizon=1)
    >>> x[:, :, 0].tolist(), y.tolist()
    ([[0.0, 2.0], [1.0, 3.0], [2.0, 4.0]], [3.0, 4.0, 5.0])
    """
    Split(x, y)  # refuses different lengths
    if min(length, rate, stride) < 1 or horizon < 0:
        raise ValueError(
            "expected length, rate and stride of at least 1 and a horizon of at least 0, got "
            f"{length}, {rate}, {stride} and {horizon}"
        )
    span = (length - 1) * rate  # from the first row shown to the last
    targets = y[span + horizon :: stride]
    if not len(targets):
        raise ValueError(
            f"expected more than {span + horizon} rows for one window and its target, got {len(x)}"
        )
    views = sliding_window_view(x, span + 1, axis=0)[::stride, :, ::rate]  # (m', d, t)
    targets.flags.writeable = False
    return Split(views.swapaxes(1, 2)[: len(targets)], targets)


def standardise(x, *, rows) -> np.ndarray:
    """Return a table whose columns have mean 0 and deviation 1 over the given rows.

    Parameters
    ----------
    x : ndarray of shape (n, d)
        The whole table.
    rows : slice or ndarray
        The training rows; only they are looked at. The sums are taken in 64 bits, since 400,000
        numbers near 1,000 lose digits in 32.

    Returns
    -------
    ndarray of shape (n, d), float32
        One copy of the table. A column that doesn't vary is left at 0.

    Raises
    ------
    ValueError
        If there are no such rows.

    Examples
    --------
    >>> standardise(np.array([[1.0], [3.0], [9.0]]), rows=slice(2)).ravel().tolist()
    [-1.0, 1.0, 7.0]
    """
    known = x[rows]
    if not len(known):
        raise ValueError(f"expected training rows, got none of {len(x)}; check the slice")
    mean, sd = known.mean(axis=0, dtype=np.float64), known.std(axis=0, dtype=np.float64)
    return ((x - mean.astype(np.float32)) / np.where(sd > 0, sd, 1).astype(np.float32)).astype(
        np.float32, copy=False
    )
