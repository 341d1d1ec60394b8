"""Schedules: the learning rate as a function of time.

Each function here returns another, t → rate, where t counts the steps (or epochs) taken so far,
from 0. In a loop: ``optimizer.learning_rate = schedule(t)``.
"""

import math


def _check(rate, **spans):
    if not 0 <= rate < math.inf:
        raise ValueError(f"expected a finite rate >= 0, got {rate}")
    for name, span in spans.items():
        if not 0 < span < math.inf:
            raise ValueError(f"expected {name} > 0, got {span}")


def constant(rate: float):
    """Return t → rate.

    Examples
    --------
    >>> constant(0.1)(1000)
    0.1
    """
    _check(rate)
    return lambda t: rate


def step(rate: float, *, every: float, factor: float = 0.1):
    """Return t → rate · factor^⌊t / every⌋: a staircase.

    Parameters
    ----------
    rate : float ≥ 0
        The first rate.
    every : float > 0
        Length of a stair, in the unit of t.
    factor : float > 0
        Between one stair and the next.

    References
    ----------
    Book equation eq-optim-decay.

    Examples
    --------
    >>> [round(step(0.1, every=10, factor=0.5)(t), 3) for t in (0, 9, 10, 20)]
    [0.1, 0.1, 0.05, 0.025]
    """
    _check(rate, every=every, factor=factor)
    return lambda t: rate * factor ** (t // every)


def inverse_time(rate: float, *, half_after: float):
    """Return t → rate / (1 + t / half_after): halved once, then ever more slowly.

    Parameters
    ----------
    rate : float ≥ 0
        The first rate.
    half_after : float > 0
        The t at which half of it is left; at twice this t a third, at three times a quarter.

    References
    ----------
    Book equation eq-optim-decay. Robbins and Monro (1951), "A stochastic approximation method".

    Examples
    --------
    >>> [round(inverse_time(0.1, half_after=1000)(t), 4) for t in (0, 1000, 2000, 3000)]
    [0.1, 0.05, 0.0333, 0.025]
    """
    _check(rate, half_after=half_after)
    return lambda t: rate / (1 + t / half_after)


def exponential(rate: float, *, factor: float, every: float = 1):
    """Return t → rate · factor^(t / every): the staircase of :func:`step` made smooth.

    Examples
    --------
    >>> [round(exponential(0.1, factor=0.5, every=10)(t), 4) for t in (0, 5, 10)]
    [0.1, 0.0707, 0.05]
    """
    _check(rate, factor=factor, every=every)
    return lambda t: rate * factor ** (t / every)


def cosine(rate: float, *, total: float, warmup: float = 0, end: float = 0.0):
    """Return t → half a cosine from rate down to end, after a straight rise from 0.

    Parameters
    ----------
    rate : float ≥ 0
        The highest rate, reached at t = warmup.
    total : float > warmup
        The t at which end is reached; it stays there.
    warmup : float ≥ 0
        Length of the rise; 0 for none.
    end : float ≥ 0
        The last rate.

    References
    ----------
    Book equation eq-optim-cosine. Loshchilov and Hutter (2017), "SGDR: stochastic gradient descent
    with warm restarts", ICLR. Goyal et al. (2017), arXiv:1706.02677, for the warm-up.

    Examples
    --------
    >>> [round(cosine(0.1, total=110, warmup=10)(t), 3) for t in (0, 5, 10, 60, 110, 500)]
    [0.0, 0.05, 0.1, 0.05, 0.0, 0.0]
    """
    _check(rate, total=total)
    if not 0 <= warmup < total:
        raise ValueError(f"expected 0 <= warmup < total, got warmup={warmup} and total={total}")

    def at(t):
        if t < warmup:
            return rate * t / warmup
        share = min(1.0, (t - warmup) / (total - warmup))
        return end + (rate - end) * (1 + math.cos(math.pi * share)) / 2

    return at
