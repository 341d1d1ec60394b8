"""Two comparisons in plain NumPy: of methods over paired seeds, of classifiers over rows."""

import numpy as np


def over_seeds(base, other, quantile):
    """Return mean, low and high of other − base; quantile: of Student's t for n − 1."""
    gaps = other - base  # (n,), one for each seed
    half = quantile * gaps.std(ddof=1) / np.sqrt(len(gaps))
    return gaps.mean(), gaps.mean() - half, gaps.mean() + half


def over_rows(y, y_a, y_b, quantile=1.96):
    """Return the difference of two accuracies, b − a, with the ends of its interval."""
    gains = (y_b == y).astype(float) - (y_a == y)  # (n,), −1, 0 or 1 for each row
    half = quantile * gains.std(ddof=1) / np.sqrt(len(gains))
    return gains.mean(), gains.mean() - half, gains.mean() + half
