"""How good predictions are, and how sure we can be of it: scores and their intervals."""

from statistics import NormalDist

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
