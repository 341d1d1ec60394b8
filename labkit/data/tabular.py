"""Tables: seeds, wine, houses, gamma rays, Higgs candidates, advertising, stocks.

Every loader takes a dict with one path and returns x as float32 (n, d) in raw units — no
scaling, since the labs fit that on their training rows — with int64 classes or float32 values as
y. None of these sources defines a split: `train` holds all rows, in the source's order.
"""

import io

import numpy as np

from labkit.data.archive import members
from labkit.data.catalogue import entry
from labkit.types import Dataset, Split

SEEDS, WINE, BOSTON, CALIFORNIA, MAGIC, HIGGS = (
    entry(id).feature_names for id in ("seeds", "wine", "boston", "california", "magic", "higgs")
)
CENSUS = ["Longitude", "Latitude", "HouseAge", "rooms", "bedrooms", "Population", "households"]
CENSUS += ["MedInc", "MedHouseVal"]


def columns(frame, names):
    """Return these columns of a table, in this order; raise ValueError if one is missing."""
    if missing := [name for name in names if name not in frame.columns]:
        raise ValueError(f"expected columns {missing}, got {list(frame.columns)}")
    return frame[list(names)]


def numbers(frame, names) -> np.ndarray:
    """Return some columns of a table as numbers, or say what is wrong with them.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    names : sequence of hashable, length d
        The wanted columns, in the wanted order.

    Returns
    -------
    ndarray of shape (n, d), float32

    Raises
    ------
    ValueError
        If a column is missing, is not numeric, or holds a value that is missing or infinite.

    Examples
    --------
    >>> import pandas as pd
    >>> numbers(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), ["b"]).tolist()
    [[3.0], [4.0]]
    """
    wanted = columns(frame, names)
    try:
        x = wanted.to_numpy(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"expected numbers in {list(names)}: {error}") from error
    rows, bad = np.nonzero(~np.isfinite(x))
    if len(rows):
        raise ValueError(
            f"expected finite numbers, got {x[rows[0], bad[0]]} in row {rows[0]}, column "
            f"{names[bad[0]]!r} and {len(rows) - 1} more; the file is damaged"
        )
    return x.astype(np.float32)


def _table(paths, names=None, **options):
    """Read a table whose one file has a header, or else gets these names for its columns."""
    import pandas as pd

    (file,) = paths.values()
    frame = pd.read_csv(file, header=None if names else 0, **options)
    if names and len(names) != frame.shape[1]:
        raise ValueError(f"expected {len(names)} columns, got {frame.shape[1]} in {file}")
    return frame.set_axis(names, axis=1) if names else frame


def _values(frame, features, target):
    return Split(numbers(frame, features), numbers(frame, [target])[:, 0])


def _classes(column, known):
    """Return the class number of each entry, by its position in `known`."""
    if unknown := set(column) - set(known):
        raise ValueError(f"expected classes out of {list(known)}, got {sorted(unknown, key=str)}")
    return column.map(known.index).to_numpy(np.int64)


def load_seeds(paths) -> Dataset:
    """Return UCI Seeds: 210 wheat kernels measured by X-ray, 70 of each of three varieties.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One file without a header, by commas or blanks; the third variety is 3 or 0.

    Returns
    -------
    Dataset
        x float32 (210, 7): area (mm²), perimeter (mm), compactness 4π·area/perimeter² (0 … 1),
        kernel length and width (mm), asymmetry coefficient, groove length (mm). y int64: 0 Kama,
        1 Rosa, 2 Canadian (UCI's classes 1, 2, 3).

    Raises
    ------
    ValueError
        If there are not eight columns, or a value is missing or out of range.

    References
    ----------
    Charytanowicz et al., "Seeds", UCI Machine Learning Repository, 2010.
    """
    frame = _table(paths, [*SEEDS, "variety"], sep=r"[,\s]+", engine="python")
    y = _classes(frame["variety"].replace(0, 3), (1, 2, 3))
    return entry("seeds").dataset(Split(numbers(frame, SEEDS), y))


def load_wine(paths) -> Dataset:
    """Return the red wines of Wine Quality: 1,599 samples with the median of tasters' scores.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV with a header, by commas or semicolons; the score is "quality" or "class".

    Returns
    -------
    Dataset
        x float32 (1599, 11): acids, sugar, chlorides and sulphates in g/dm³, sulphur dioxide in
        mg/dm³, density in g/cm³, pH, alcohol in % by volume. y int64, scores 3 … 8 (not class
        numbers from 0). 240 rows repeat an earlier one: mind them when splitting.

    Raises
    ------
    ValueError
        If a column is missing or a value is not a number.

    References
    ----------
    Cortez, Cerdeira, Almeida, Matos and Reis, "Modeling wine preferences by data mining from
    physicochemical properties", Decision Support Systems 47, 2009.
    """
    frame = _table(paths, sep="[,;]", engine="python", quotechar='"')
    frame.columns = frame.columns.str.strip('"').str.replace(" ", "_")
    x, y = _values(frame.rename(columns={"class": "quality"}), WINE, "quality")
    return entry("wine").dataset(Split(x, y.astype(np.int64)))


def load_boston(paths) -> Dataset:
    """Return Boston housing: 506 census tracts of 1970 and the median value of their homes.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV without a header, or one .npz with the arrays x and y.

    Returns
    -------
    Dataset
        x float32 (506, 13); y float32, in 1000 USD, capped at 50. One column, B, is a function
        of the share of Black residents and presumes that it moves prices; the set is here as a
        record of published work and of that mistake.

    Raises
    ------
    ValueError
        If there are not fourteen columns, or a value is missing.

    References
    ----------
    Harrison and Rubinfeld, "Hedonic housing prices and the demand for clean air", Journal of
    Environmental Economics and Management 5, 1978.
    """
    (path,) = paths.values()
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as file:
            split = Split(file["x"].astype(np.float32), file["y"].astype(np.float32))
    else:
        split = _values(_table(paths, [*BOSTON, "MEDV"]), BOSTON, "MEDV")
    return entry("boston").dataset(split)


def load_california(paths) -> Dataset:
    """Return California housing: 20,640 census block groups of 1990.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One parquet file with scikit-learn's columns (needs pyarrow), or cal_housing.tgz, the
        original with nine columns, from which the same columns are computed.

    Returns
    -------
    Dataset
        x float32 (20640, 8): median income (10,000 USD), house age (years), rooms and bedrooms
        per household, population, people per household, latitude and longitude (degrees). y
        float32: median house value in 100,000 USD, capped at 5.00001.

    Raises
    ------
    ValueError
        If a column is missing or a value is not a number.

    References
    ----------
    Pace and Barry, "Sparse spatial autoregressions", Statistics & Probability Letters 33, 1997.
    """
    import pandas as pd

    (path,) = paths.values()
    if ".parquet" in path.name:
        frame = pd.read_parquet(path)
    else:  # scikit-learn computes its columns from the original's in the same way
        wanted = "CaliforniaHousing/cal_housing.data"
        (text,) = (file.read() for name, file in members(path) if name == wanted)
        raw = _table({wanted: io.BytesIO(text)}, CENSUS)
        homes = raw["households"]
        shares = {"AveRooms": raw["rooms"] / homes, "AveBedrms": raw["bedrooms"] / homes}
        frame = raw.assign(AveOccup=raw["Population"] / homes, **shares)
        frame["MedHouseVal"] /= 100_000
    return entry("california").dataset(_values(frame, CALIFORNIA, "MedHouseVal"))


def load_magic(paths) -> Dataset:
    """Return the MAGIC gamma telescope set: 19,020 simulated air showers, in the source's order.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV without a header, the class g or h last; lines that begin with @ are skipped.

    Returns
    -------
    Dataset
        x float32 (19020, 10): the shower's ellipse (fLength, fWidth, fM3Long, fM3Trans, fAsym
        and fDist in mm, fSize as log10 of photons, fAlpha in degrees, fConc and fConc1 as
        fractions). y int64: 0 hadron (background), 1 gamma (signal). The file is sorted by
        class, so shuffle before splitting.

    Raises
    ------
    ValueError
        If there are not eleven columns, or a class is neither g nor h.

    References
    ----------
    Bock et al., "Methods for multidimensional event classification", Nuclear Instruments and
    Methods in Physics Research A 516, 2004.
    """
    frame = _table(paths, [*MAGIC, "class"], comment="@", skipinitialspace=True)
    y = _classes(frame["class"], ("h", "g"))
    return entry("magic").dataset(Split(numbers(frame, MAGIC), y))


def load_higgs(paths, *, rows=7_500) -> Dataset:
    """Return the first rows of UCI HIGGS: simulated collisions, signal or background.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV without a header, plain or .gz, the label first; only `rows` lines are read.
    rows : int
        How many of the rows to read.

    Returns
    -------
    Dataset
        x float32 (rows, 28), 21 kinematic measurements and 7 masses derived from them, each
        rounded to three decimals, so that the rounded mirror and the original give the same
        numbers; y int64: 0 background, 1 signal.

    Raises
    ------
    ValueError
        If there are not 29 columns, fewer rows than asked for, or a label other than 0 and 1.

    References
    ----------
    Baldi, Sadowski and Whiteson, "Searching for exotic particles in high-energy physics with
    deep learning", Nature Communications 5, 2014.
    """
    frame = _table(paths, ["label", *HIGGS], nrows=rows).round(3)
    if len(frame) < rows:
        raise ValueError(f"expected {rows} rows, got {len(frame)}; ask for fewer")
    y = _classes(frame["label"], (0, 1))
    return entry("higgs").dataset(Split(numbers(frame, HIGGS), y))


def load_advertising(paths) -> Dataset:
    """Return Advertising: what 200 markets spent on three media, and what they sold.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV with the columns TV, Radio, Newspaper and Sales, in any case.

    Returns
    -------
    Dataset
        x float32 (200, 3), budgets in 1000 USD; y float32, sales in 1000 units.

    Raises
    ------
    ValueError
        If a column is missing or a value is not a number.

    References
    ----------
    James, Witten, Hastie and Tibshirani, "An introduction to statistical learning", 2013.
    """
    frame = _table(paths).rename(columns=str.lower)
    return entry("advertising").dataset(_values(frame, ["tv", "radio", "newspaper"], "sales"))


def load_stocks(paths) -> Dataset:
    """Return the daily closes of two banks, 1990–2022: JPM as x and BAC as y.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One CSV, plain or .gz, with a Date column and one column a ticker.

    Returns
    -------
    Dataset
        x float32 (8313, 1), y float32 (8313,), closes in USD, adjusted for splits and
        dividends; extra["dates"] datetime64[D] (8313,), ascending trading days.

    Raises
    ------
    ValueError
        If a ticker is missing, a close is missing, or the dates do not ascend.
    """
    frame = _table(paths)
    closes = numbers(frame, ["JPM", "BAC"])
    dates = frame["Date"].to_numpy("datetime64[D]")
    if not (np.diff(dates) > np.timedelta64(0)).all():
        raise ValueError("expected ascending dates; the file is damaged")
    return entry("stocks").dataset(Split(closes[:, :1], closes[:, 1]), extra={"dates": dates})
