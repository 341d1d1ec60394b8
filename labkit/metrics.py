"""How good predictions are, and how sure we can be of it: scores and their intervals."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np


def _paired(y_true, y_pred):
    """Return both as arrays; refuse no rows, and shapes that would broadcast against each other."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError(
            f"expected y_true and y_pred of one shape, not empty, got {y_true.shape} and "
            f"{y_pred.shape}; for (n,) and (n, 1) flatten one of them with .ravel()"
        )
    return y_true, y_pred


def accuracy(y_true, y_pred) -> float:
    """Return the share of predictions that name the right class.

    Parameters
    ----------
    y_true : ndarray of shape (n,) or (n, t), labels
        The classes.
    y_pred : ndarray like y_true, labels; or with one more axis of length k, float
        The predicted classes, or a score for each of the k classes (logits or probabilities), of
        which the largest counts.

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError
        If the shapes do not fit, there are no rows, or y_pred holds a single score a row instead
        of a label.

    Examples
    --------
    >>> accuracy([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    >>> accuracy([0, 1], [[2.0, -1.0], [0.3, 0.9]])
    1.0
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_pred.ndim == y_true.ndim + 1:
        y_pred = y_pred.argmax(axis=-1)  # (n, k) -> (n,)
    y_true, y_pred = _paired(y_true, y_pred)
    if y_pred.dtype.kind == "f" and (y_pred != np.round(y_pred)).any():
        raise ValueError(
            f"expected labels, got scores such as {y_pred[y_pred != np.round(y_pred)][0]:.3g}; "
            "write (logits > 0) or (proba > 0.5)"
        )
    return float(np.mean(y_true == y_pred))


def confusion_matrix(y_true, y_pred, *, n_classes: int) -> np.ndarray:
    """Count how often each class was taken for each other one.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n,), int in 0 … n_classes − 1
        Labels.
    n_classes : int
        Number of classes k.

    Returns
    -------
    ndarray of shape (k, k), int64
        Row i, column j: how many rows of class i were predicted as class j.

    Raises
    ------
    ValueError
        If the shapes differ, there are no rows, or a label is out of range.

    Examples
    --------
    >>> confusion_matrix([0, 0, 1], [0, 1, 1], n_classes=2)
    array([[1, 1],
           [0, 1]])
    """
    from sklearn import metrics

    y_true, y_pred = _paired(y_true, y_pred)
    for name, labels in (("y_true", y_true), ("y_pred", y_pred)):
        strange = labels[~np.isin(labels, np.arange(n_classes))]
        if strange.size:
            raise ValueError(
                f"expected labels 0 … {n_classes - 1} in {name}, got {strange[0]}; "
                "pass class numbers, not scores, and the right n_classes"
            )
    return metrics.confusion_matrix(y_true, y_pred, labels=np.arange(n_classes))


def overlaps(y_true, y_pred, *, n_classes: int) -> np.ndarray:
    """Count, for each class, the pixels that truth and prediction share, and those of either.

    Counts of batches add up to those of the whole set: add first, and divide once, by :func:`iou`
    or :func:`dice`. A mean of the batches' ratios is another number.

    Parameters
    ----------
    y_true, y_pred : ndarray of one shape, such as (n, h, w), int in 0 … n_classes − 1
        Class of each pixel.
    n_classes : int
        Number of classes k.

    Returns
    -------
    ndarray of shape (2, k), int64
        Intersections |A ∩ B| and unions |A ∪ B|, in pixels.

    Raises
    ------
    ValueError
        If the shapes differ, there are no pixels, or a label is out of range.

    References
    ----------
    Book equation eq-seg-iou.

    Examples
    --------
    >>> overlaps([[0, 0], [1, 1]], [[0, 1], [1, 1]], n_classes=3).tolist()
    [[1, 2, 0], [2, 3, 0]]
    """
    y_true, y_pred = _paired(y_true, y_pred)
    counts = confusion_matrix(y_true.ravel(), y_pred.ravel(), n_classes=n_classes)
    shared = counts.diagonal()
    return np.array([shared, counts.sum(axis=0) + counts.sum(axis=1) - shared], np.int64)


def iou(counts) -> np.ndarray:
    """Return intersection over union, for each class, from the counts of :func:`overlaps`.

    Parameters
    ----------
    counts : ndarray of shape (2, k), int
        Intersections and unions, summed over all that is to be judged.

    Returns
    -------
    ndarray of shape (k,), float64 in [0, 1]
        NaN for a class that neither truth nor prediction has; ``np.nanmean`` leaves it out.

    Raises
    ------
    ValueError
        If the counts are no such pair, or an intersection exceeds its union.

    References
    ----------
    Book equation eq-seg-iou.

    Examples
    --------
    >>> iou([[1, 2, 0], [2, 3, 0]]).round(3).tolist()
    [0.5, 0.667, nan]
    """
    shared, either = _overlaps(counts)
    return np.divide(shared, either, out=np.full(len(either), np.nan), where=either > 0)


def dice(counts) -> np.ndarray:
    """Return 2 |A ∩ B| / (|A| + |B|), for each class, from the counts of :func:`overlaps`.

    Parameters
    ----------
    counts : ndarray of shape (2, k), int
        As for :func:`iou`.

    Returns
    -------
    ndarray of shape (k,), float64 in [0, 1]
        2 J / (1 + J), where J is the IoU; NaN for a class that nobody has.

    Raises
    ------
    ValueError
        As :func:`iou`.

    References
    ----------
    Book equation eq-seg-dice.

    Examples
    --------
    >>> dice([[1, 2, 0], [2, 3, 0]]).round(3).tolist()
    [0.667, 0.8, nan]
    """
    overlap = iou(counts)
    return 2 * overlap / (1 + overlap)


def _overlaps(counts):
    counts = np.asarray(counts)
    if counts.ndim != 2 or len(counts) != 2 or counts.dtype.kind not in "iu":
        raise ValueError(
            f"expected integer counts (2, k) as overlaps() gives, got {counts.dtype} "
            f"{counts.shape}; sum them over the batches, along no other axis"
        )
    if (counts < 0).any() or (counts[0] > counts[1]).any():
        raise ValueError("expected 0 ≤ intersection ≤ union in each class; are the rows exchanged?")
    return counts


def r2(y_true, y_pred) -> float:
    """Return R², the share of the variance of y_true that the predictions explain.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n,) or (n, k), float
        Targets and predictions; with k targets the mean of their k values.

    Returns
    -------
    float ≤ 1
        1 is perfect, 0 is what predicting the mean would reach, below 0 is worse than that.

    Raises
    ------
    ValueError
        If the shapes differ, or y_true has no variance to explain.

    Examples
    --------
    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 2.0])
    0.5
    """
    from sklearn import metrics

    y_true, y_pred = _paired(y_true, y_pred)
    if (y_true == y_true[:1]).all(axis=0).any():
        raise ValueError("expected targets that vary, got a constant y_true: R² is not defined")
    return float(metrics.r2_score(y_true, y_pred))


def rmse(y_true, y_pred) -> float:
    """Return the root of the mean squared error, in the unit of y.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n,) or (n, k), float
        Targets and predictions; with k targets the mean of their k values.

    Returns
    -------
    float ≥ 0

    Raises
    ------
    ValueError
        If the shapes differ or there are no rows.

    Examples
    --------
    >>> rmse([0.0, 0.0], [3.0, -3.0])
    3.0
    """
    from sklearn import metrics

    return float(metrics.root_mean_squared_error(*_paired(y_true, y_pred)))


def mae(y_true, y_pred) -> float:
    """Return the mean absolute error, in the unit of y.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n,) or (n, k), float
        Targets and predictions.

    Returns
    -------
    float ≥ 0

    Raises
    ------
    ValueError
        If the shapes differ or there are no rows.

    Examples
    --------
    >>> mae([0.0, 0.0], [1.0, -3.0])
    2.0
    """
    from sklearn import metrics

    return float(metrics.mean_absolute_error(*_paired(y_true, y_pred)))


def perplexity(losses, *, weights=None) -> float:
    """Return exp of the mean loss a token: the number of equally likely next tokens it amounts to.

    The mean is taken over all tokens, and exponentiated once. The mean of perplexities of parts
    is larger.

    Parameters
    ----------
    losses : ndarray of any shape, float ≥ 0
        Cross-entropy −log p in nats: of each token, or the mean of a minibatch.
    weights : ndarray like losses, optional
        Tokens behind each loss, where those are means of unlike minibatches.

    Returns
    -------
    float ≥ 1
        k for a uniform guess among k tokens, 1 if each token was certain.

    Raises
    ------
    ValueError
        If there is no loss, one is negative or not finite, or the weights do not fit.

    References
    ----------
    Book equation eq-language-perplexity.

    Examples
    --------
    >>> round(perplexity(np.log([2, 4, 8])), 4)
    4.0
    >>> round(perplexity([1.0, 2.0], weights=[30, 10]), 4)  # exp(1.25)
    3.4903
    """
    losses = np.asarray(losses, dtype=np.float64)
    if losses.size == 0 or not np.isfinite(losses).all() or losses.min() < 0:
        raise ValueError(
            "expected finite losses -log p >= 0 in nats, at least one, got "
            f"{losses.size} of which the smallest is {losses.min(initial=np.inf)}"
        )
    if weights is not None and np.shape(weights) != losses.shape:
        raise ValueError(
            f"expected one weight a loss, got shapes {np.shape(weights)} and {losses.shape}"
        )
    return float(np.exp(np.average(losses, weights=weights)))


def _check_level(level):
    if not 0 < level < 1:
        raise ValueError(f"expected a level between 0 and 1, such as 0.95, got {level}")


def wilson_interval(successes: int, n: int, *, level: float = 0.95) -> tuple:
    """Return the interval for a share measured on n independent cases, such as an accuracy.

    It stays inside [0, 1] and has a width at 0 of n and n of n, where p ± 1.96·√(p(1 − p)/n) has
    none.

    Parameters
    ----------
    successes : int
        How many of the cases succeeded, 0 ≤ successes ≤ n.
    n : int
        Number of cases.
    level : float in (0, 1)
        Share of such intervals that hold the true value.

    Returns
    -------
    tuple of float
        Low and high end.

    Raises
    ------
    ValueError
        If the counts or the level are out of range.

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22.

    Examples
    --------
    >>> low, high = wilson_interval(130, 200)
    >>> round(low, 2), round(high, 2)
    (0.58, 0.71)
    """
    _check_level(level)
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"expected 0 <= successes <= n and n >= 1, got {successes} of {n}")
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (successes + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * (successes * (n - successes) / n + z * z / 4) ** 0.5
    # The ends meet 0 and 1 exactly there; rounding must not move them.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return float(low), float(high)


def mean_interval(values, *, level: float = 0.95) -> tuple:
    """Return Student's interval for the mean of a few independent runs.

    Parameters
    ----------
    values : ndarray of shape (n,), float
        One result a run (a seed), n ≥ 2.
    level : float in (0, 1)
        Share of such intervals that hold the true mean, if the values are normal.

    Returns
    -------
    tuple of float
        Low and high end, mean ∓ t·s/√n with s the standard deviation with n − 1.

    Raises
    ------
    ValueError
        If there are fewer than two values, or the level is out of range.

    References
    ----------
    Student (1908), "The probable error of a mean", Biometrika 6.

    Examples
    --------
    >>> low, high = mean_interval([0.90, 0.92, 0.91])
    >>> round(low, 3), round(high, 3)
    (0.885, 0.935)
    """
    from scipy.special import stdtrit

    _check_level(level)
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            f"expected at least two values of shape (n,), got shape {values.shape}; "
            "one run says nothing about the spread: run more seeds"
        )
    half = stdtrit(len(values) - 1, (1 + level) / 2) * values.std(ddof=1) / len(values) ** 0.5
    return float(values.mean() - half), float(values.mean() + half)


def bootstrap_interval(
    rows, statistic=np.mean, *, rng, level=0.95, n_resamples=2000, method="percentile"
) -> tuple:
    """Return the bootstrap interval of a statistic of many independent rows.

    The rows are drawn again with replacement, whole rows, and the statistic is computed anew each
    time. Use it over test rows; for the mean of a few seeds :func:`mean_interval` is better, since
    at n = 3 the percentile interval of a mean holds the true one three times out of four.

    Parameters
    ----------
    rows : ndarray of shape (n, ...), or tuple of such arrays
        Arrays in a tuple are drawn together, row by row, as (y_true, y_pred).
    statistic : callable
        Takes the drawn rows, one argument for each array, and returns a number.
    rng : numpy.random.Generator
        Draws the rows.
    level : float in (0, 1)
        Share of such intervals that hold the true value, for large n.
    n_resamples : int
        How often the rows are drawn.
    method : {"percentile", "bca"}
        "bca" corrects for bias and skewness, at n more evaluations.

    Returns
    -------
    tuple of float
        Low and high end.

    Raises
    ------
    ValueError
        If the arrays are of different lengths, there are fewer than two rows, or the method or the
        level is unknown.

    References
    ----------
    Efron (1987), "Better bootstrap confidence intervals", Journal of the American Statistical
    Association 82.

    Examples
    --------
    >>> rows = np.repeat([0.0, 1.0], [20, 80])
    >>> low, high = bootstrap_interval(rows, rng=np.random.default_rng(0))
    >>> round(low, 2), round(high, 2)
    (0.72, 0.88)
    """
    from scipy import stats

    _check_level(level)
    arrays = [np.asarray(part) for part in (rows if isinstance(rows, tuple) else (rows,))]
    sizes = {part.shape[:1] for part in arrays}
    if len(sizes) != 1 or min(sizes) < (2,):
        raise ValueError(
            f"expected arrays of one length, at least two rows, got {[p.shape for p in arrays]}"
        )
    if method not in ("percentile", "bca"):
        raise ValueError(f"expected method 'percentile' or 'bca', got {method!r}")

    def of(drawn):
        return statistic(*(part[drawn.astype(int)] for part in arrays))

    # Row numbers are drawn, so that rows may have any shape and stay together.
    options = {"confidence_level": level, "n_resamples": n_resamples, "method": method, "rng": rng}
    drawn = (np.arange(len(arrays[0])),)
    found = stats.bootstrap(drawn, of, vectorized=False, **options).confidence_interval
    return float(found.low), float(found.high)


def block_interval(values, *, block: int, rng, level: float = 0.95, n_resamples: int = 2000):
    """Return the moving-block bootstrap interval for the mean of a series.

    Neighbours in time are alike, so whole blocks are drawn with replacement, each from any place,
    as many as cover the series. For two forecasts of the same times pass the differences of their
    absolute errors: the interval is then that of the difference of their MAE, paired.

    Parameters
    ----------
    values : ndarray of shape (n,), float
        In the order of time, evenly spaced.
    block : int
        Length of a block, 1 ≤ block ≤ n / 2: longer than the values remember each other. 1 treats
        them as independent.
    rng : numpy.random.Generator
        Draws the blocks.
    level : float in (0, 1)
        Share of such intervals that hold the true mean, for many blocks.
    n_resamples : int
        How often the series is drawn.

    Returns
    -------
    tuple of float
        Low and high end.

    Raises
    ------
    ValueError
        If the shape, the block or the level is out of range.

    References
    ----------
    Künsch (1989), "The jackknife and the bootstrap for general stationary observations", Annals of
    Statistics 17; book equation eq-forecasting-block.

    Examples
    --------
    >>> slow = np.repeat([0.0, 1.0] * 10, 50)  # 1,000 values, 20 stretches
    >>> for block in (1, 100):
    ...     low, high = block_interval(slow, block=block, rng=np.random.default_rng(0))
    ...     print(round(low, 2), round(high, 2))
    0.47 0.53
    0.5 0.5
    """
    _check_level(level)
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or not 1 <= block <= len(values) / 2:
        raise ValueError(
            f"expected values of shape (n,) and 1 <= block <= n / 2, got {values.shape} and {block}"
        )
    total = np.concatenate([[0.0], np.cumsum(values)])
    means = (total[block:] - total[:-block]) / block  # of each block, (n − block + 1,)
    drawn = rng.integers(len(means), size=(n_resamples, -(-len(values) // block)))
    low, high = np.quantile(means[drawn].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


class Difference(NamedTuple):
    """A paired difference, other − base: its mean with Student's interval over the pairs.

    Attributes
    ----------
    mean, low, high : float
        Mean difference and the ends of its interval.
    sd : float
        Standard deviation of the differences, with n − 1.
    correlation : float
        Between base and other; NaN if one of them doesn't vary.
    n : int
        Number of pairs.
    """

    mean: float
    low: float
    high: float
    sd: float
    correlation: float
    n: int


def paired_difference(base, other, *, level: float = 0.95) -> Difference:
    """Compare two methods over the same seeds (or folds), pair by pair.

    Parameters
    ----------
    base, other : ndarray of shape (n,), float
        Results of the two methods, n ≥ 2; the same place is the same seed.
    level : float in (0, 1)
        Share of such intervals that hold the true mean difference, if the differences are normal.

    Returns
    -------
    Difference
        mean, low, high, sd, correlation, n.

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two pairs, or the level is out of range.

    References
    ----------
    Book equations eq-training-paired and eq-training-correlation.

    Examples
    --------
    >>> gap = paired_difference([0.90, 0.92, 0.91], [0.92, 0.93, 0.93])
    >>> round(gap.mean, 4), round(gap.low, 4), round(gap.high, 4), round(gap.correlation, 2)
    (0.0167, 0.0023, 0.031, 0.87)
    """
    base, other = (values.astype(np.float64) for values in _paired(base, other))
    gaps = other - base
    low, high = mean_interval(gaps, level=level)
    varied = base.std() > 0 and other.std() > 0
    correlation = float(np.corrcoef(base, other)[0, 1]) if varied else float("nan")
    return Difference(
        float(gaps.mean()), low, high, float(gaps.std(ddof=1)), correlation, len(gaps)
    )


class Discordant(NamedTuple):
    """Two classifiers on the same rows: the rows that exactly one of them gets right.

    Attributes
    ----------
    difference, low, high : float
        Accuracy of b − accuracy of a, and its interval over rows.
    only_a, only_b : int
        Rows that only a, and only b, gets right.
    p_value : float in [0, 1]
        McNemar's exact test: how often chance alone would share these rows at least as unevenly.
    """

    difference: float
    low: float
    high: float
    only_a: int
    only_b: int
    p_value: float


def mcnemar(y_true, y_a, y_b, *, level: float = 0.95) -> Discordant:
    """Compare two classifiers on one test set, by the rows on which they differ.

    Rows that both get right or both get wrong say nothing about which is better. A row that only b
    gets right counts 1, one that only a gets right −1; the interval is that of the mean of these
    numbers, mean ∓ z·s/√n, with half a row added to each of the four cells (Agresti and Min), so
    that it has a width even if there is no such row. It covers the chance in the choice of test
    rows, and not that of the training runs.

    Parameters
    ----------
    y_true, y_a, y_b : ndarray of shape (n,), labels
        The truth, and what each of the two fixed classifiers said.
    level : float in (0, 1)
        Level of the interval.

    Returns
    -------
    Discordant
        difference, low, high, only_a, only_b, p_value.

    Raises
    ------
    ValueError
        If the shapes differ, there are no rows, or the level is out of range.

    References
    ----------
    McNemar (1947), "Note on the sampling error of the difference between correlated proportions
    or percentages", Psychometrika 12; Agresti and Min (2005), "Simple improved confidence
    intervals for comparing matched proportions", Statistics in Medicine 24; book equation
    eq-training-rows.

    Examples
    --------
    >>> y = np.zeros(1000, int)
    >>> a, b = y.copy(), y.copy()
    >>> a[:30], b[30:48] = 1, 1  # only b is right 30 times, only a 18 times
    >>> found = mcnemar(y, a, b)
    >>> round(found.difference, 3), found.only_a, found.only_b, round(found.p_value, 2)
    (0.012, 18, 30, 0.11)
    """
    from scipy.special import bdtr

    _check_level(level)
    right_a, right_b = (np.equal(*_paired(y_true, y)) for y in (y_a, y_b))
    n, only_a, only_b = (
        right_a.size,
        int((right_a & ~right_b).sum()),
        int((right_b & ~right_a).sum()),
    )
    padded, gap = n + 2, only_b - only_a
    half = (only_a + only_b + 1 - gap**2 / padded) ** 0.5 * NormalDist().inv_cdf((1 + level) / 2)
    p_value = min(1.0, 2 * float(bdtr(min(only_a, only_b), only_a + only_b, 0.5)))
    ends = ((gap - half) / padded, (gap + half) / padded)
    return Discordant(gap / n, *ends, only_a, only_b, p_value)
