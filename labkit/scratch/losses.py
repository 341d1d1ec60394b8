"""Losses: how wrong predictions are, as one number, and its gradient.

Each has two methods, static but for `Huber` and `PseudoHuber`, which keep a delta:

- ``forward(y_pred, y)`` returns the mean loss over the examples, a float;
- ``backward(y_pred, y)`` returns the gradient of that mean, dL/dy_pred, an ndarray like y_pred.

y_pred is an ndarray of shape (n,) or (n, k), float, and y has the same shape; for
`SoftmaxCrossEntropy` y may hold integer labels, (n,). With k outputs an example the mean is over
those, too, as in PyTorch and Keras; only `SoftmaxCrossEntropy` and `KLDivergence`, whose k numbers
are one distribution, sum over them. Both methods raise ValueError for shapes or labels that do not
fit.

What y_pred stands for differs: a value in `MAE`, `MSE`, `Huber` and `PseudoHuber`; a score in
`Hinge`; probabilities in `BinaryCrossEntropy` and `KLDivergence`; logits in
`BinaryCrossEntropyWithLogits` and `SoftmaxCrossEntropy`; the logarithm of a rate in
`PoissonWithLogRate`.
"""

from dataclasses import dataclass

import numpy as np

from labkit.scratch.activations import Sigmoid, Softmax


def _paired(y_pred, y, *, proba=False, most=None):
    """Return both as arrays of one float type; refuse shapes that would broadcast.

    With proba, refuse a y_pred outside [0, 1]; with most, a y outside [0, most]; NaN in both.
    """
    y_pred, y = np.asarray(y_pred), np.asarray(y)
    if y_pred.shape != y.shape or y.size == 0:
        raise ValueError(
            f"expected y of the shape of y_pred, not empty, got {y.shape} and {y_pred.shape}; "
            "for (n,) and (n, 1) write y[:, None] or y_pred[:, 0]"
        )
    logits = "for logits use BinaryCrossEntropyWithLogits or SoftmaxCrossEntropy"
    for name, values, top, way_out in (
        ("probabilities", y_pred, 1 if proba else None, logits),
        ("labels", y, most, "number two classes 0 and 1; counts start at 0"),
    ):
        if top and not ((values >= 0) & (values <= top)).all():
            strange = values[~((values >= 0) & (values <= top))][0]
            raise ValueError(f"expected {name} in [0, {top}], got {strange:.6g}; {way_out}")
    dtype = np.result_type(y_pred, np.float32)
    return y_pred.astype(dtype, copy=False), y.astype(dtype, copy=False)


class MAE:
    """The mean absolute error, mean(|y_pred − y|); its best constant is the median.

    Examples
    --------
    >>> MAE.forward(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    1.0
    """

    @staticmethod
    def forward(y_pred, y) -> float:
        """Return mean(|y_pred − y|)."""
        y_pred, y = _paired(y_pred, y)
        return float(np.mean(np.abs(y_pred - y)))

    @staticmethod
    def backward(y_pred, y):
        """Return the sign of y_pred − y, by n; 0 at the corner."""
        y_pred, y = _paired(y_pred, y)
        return np.sign(y_pred - y) / y.size


class MSE:
    """The mean squared error, mean((y_pred − y)²).

    Examples
    --------
    >>> MSE.forward(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    2.0
    """

    @staticmethod
    def forward(y_pred, y) -> float:
        """Return mean((y_pred − y)²)."""
        y_pred, y = _paired(y_pred, y)
        return float(np.mean((y_pred - y) ** 2))

    @staticmethod
    def backward(y_pred, y):
        """Return 2 (y_pred − y) / n."""
        y_pred, y = _paired(y_pred, y)
        return 2 * (y_pred - y) / y.size


@dataclass(frozen=True)
class Huber:
    """Quadratic for small residuals, r²/2, and linear for large ones, delta · (|r| − delta/2).

    Value and slope are continuous where the two meet, at |r| = delta.

    Parameters
    ----------
    delta : float > 0
        Where large begins, in the unit of y. PyTorch's SmoothL1Loss(beta) is this by beta.

    Raises
    ------
    ValueError
        If delta is not positive and finite.

    References
    ----------
    Huber (1964), "Robust estimation of a location parameter", Annals of Mathematical Statistics.

    Examples
    --------
    >>> Huber(1.0).forward(np.array([0.5, 10.0]), np.array([0.0, 0.0]))
    4.8125
    >>> Huber(1.0).backward(np.array([0.5, 10.0]), np.array([0.0, 0.0]))
    array([0.25, 0.5 ])
    """

    delta: float = 1.0

    def __post_init__(self):
        if not 0 < self.delta < np.inf:
            raise ValueError(f"expected a finite delta > 0, got {self.delta}")

    def forward(self, y_pred, y) -> float:
        """Return the mean of r²/2 where |r| ≤ delta, else delta · (|r| − delta/2)."""
        y_pred, y = _paired(y_pred, y)
        size = np.abs(y_pred - y)
        small = np.minimum(size, self.delta)
        return float(np.mean(small * (size - small / 2)))  # both cases in one

    def backward(self, y_pred, y):
        """Return r / n, r cut off at −delta and delta."""
        y_pred, y = _paired(y_pred, y)
        return np.clip(y_pred - y, -self.delta, self.delta) / y.size


class PseudoHuber(Huber):
    """A Huber loss without the seam: delta² (√(1 + (r/delta)²) − 1), about r²/2 for small r.

    The parameter and its errors are those of :class:`Huber`.

    Examples
    --------
    >>> PseudoHuber(1.0).forward(np.array([1.75]), np.array([1.0]))
    0.25
    """

    def forward(self, y_pred, y) -> float:
        """Return mean(delta² (√(1 + (r/delta)²) − 1))."""
        y_pred, y = _paired(y_pred, y)
        r = (y_pred - y) / self.delta
        return float(np.mean(r**2 / (np.hypot(1, r) + 1)) * self.delta**2)  # √ − 1 would cancel

    def backward(self, y_pred, y):
        """Return r / √(1 + (r/delta)²) / n."""
        y_pred, y = _paired(y_pred, y)
        return (y_pred - y) / np.hypot(1, (y_pred - y) / self.delta) / y.size


class Hinge:
    """The loss of a margin, mean(max(0, 1 − y z)), from scores z and labels y of −1 and 1.

    Examples
    --------
    >>> Hinge.forward(np.array([3.0, 0.0]), np.array([1, -1]))
    0.5
    """

    @staticmethod
    def forward(z, y) -> float:
        """Return mean(max(0, 1 − y z))."""
        z, y = Hinge._checked(z, y)
        return float(np.mean(np.maximum(0, 1 - y * z)))

    @staticmethod
    def backward(z, y):
        """Return −y / n where y z < 1, else 0."""
        z, y = Hinge._checked(z, y)
        return np.where(y * z < 1, -y, 0) / y.size

    @staticmethod
    def _checked(z, y):
        z, y = _paired(z, y)
        if not (np.abs(y) == 1).all():
            strange = y[np.abs(y) != 1][0]
            raise ValueError(f"expected labels −1 and 1, got {strange:.6g}; of 0 and 1: 2 * y − 1")
        return z, y


class BinaryCrossEntropy:
    """Cross-entropy of probabilities p, mean(−y log p − (1 − y) log(1 − p)).

    A logarithm below −100 counts as −100, so that p = 0 and p = 1 give a finite loss, as in
    PyTorch. From logits use `BinaryCrossEntropyWithLogits`, which needs no such limit.

    Examples
    --------
    >>> round(BinaryCrossEntropy.forward(np.array([0.5, 1.0]), np.array([1, 1])), 4)
    0.3466
    """

    @staticmethod
    def forward(p, y) -> float:
        """Return mean(−y log p − (1 − y) log(1 − p))."""
        p, y = _paired(p, y, proba=True, most=1)
        with np.errstate(divide="ignore"):  # log 0 = −∞, which the limit makes −100
            log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return float(-np.mean(y * log_p + (1 - y) * log_q))

    @staticmethod
    def backward(p, y):
        """Return (p − y) / (p (1 − p)) / n."""
        p, y = _paired(p, y, proba=True, most=1)
        return (p - y) / np.maximum(p * (1 - p), 1e-12) / y.size


class BinaryCrossEntropyWithLogits:
    """Cross-entropy of p = σ(z) from the logits z: C = mean(log(1 + e^z) − y z).

    References
    ----------
    Book equations eq-logistic-cost and eq-logistic-dz.

    Examples
    --------
    >>> BinaryCrossEntropyWithLogits.forward(np.array([1000.0, -1000.0]), np.array([0, 1]))
    1000.0
    """

    @staticmethod
    def forward(z, y) -> float:
        """Return mean(log(1 + e^z) − y z)."""
        z, y = _paired(z, y, most=1)
        return float(np.mean(np.logaddexp(0, z) - y * z))  # logaddexp: e^1000 would overflow

    @staticmethod
    def backward(z, y):
        """Return (σ(z) − y) / n."""
        z, y = _paired(z, y, most=1)
        return (Sigmoid.forward(z) - y) / y.size


class SoftmaxCrossEntropy:
    """Cross-entropy of softmax(z) from the logits z (n, k): mean(−log p of the true class).

    Examples
    --------
    >>> z = np.array([[1.0, 1.0], [2000.0, 0.0]])
    >>> round(SoftmaxCrossEntropy.forward(z, np.array([0, 0])), 4)
    0.3466
    >>> SoftmaxCrossEntropy.backward(z, np.array([0, 0]))
    array([[-0.25,  0.25],
           [ 0.  ,  0.  ]])
    """

    @staticmethod
    def forward(z, y) -> float:
        """Return mean(log Σ e^z − z of the true class); y integer (n,) or one-hot (n, k)."""
        z, y = SoftmaxCrossEntropy._one_hot(z, y)
        z = z - z.max(axis=-1, keepdims=True)  # the shift cancels; e^z can't overflow
        log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))  # (n, k)
        return float(-np.mean((y * log_p).sum(axis=-1)))

    @staticmethod
    def backward(z, y):
        """Return (softmax(z) − one-hot y) / n; y integer (n,) or one-hot (n, k)."""
        z, y = SoftmaxCrossEntropy._one_hot(z, y)
        return (Softmax.forward(z) - y) / (y.size / y.shape[-1])

    @staticmethod
    def _one_hot(z, y):
        z, y = np.asarray(z), np.asarray(y)
        if y.shape == z.shape[:-1] and y.dtype.kind in "iu" and y.size:
            if y.min() < 0 or y.max() >= z.shape[-1]:
                strange = y[(y < 0) | (y >= z.shape[-1])][0]
                raise ValueError(f"expected labels 0 … {z.shape[-1] - 1}, got {strange}")
            one_hot = np.zeros(z.shape, dtype=np.result_type(z, np.float32))
            np.put_along_axis(one_hot, y[..., None], 1, axis=-1)
            y = one_hot
        z, y = _paired(z, y)
        if not np.allclose(y.sum(axis=-1), 1):
            raise ValueError("expected one-hot rows that sum to 1; pass integer labels (n,)")
        return z, y


class KLDivergence:
    """How far a predicted distribution p is from y: the mean over rows of Σ y log(y / p).

    It is the cross-entropy less the entropy of y, which no prediction can change. A log p below
    −100 counts as −100.

    References
    ----------
    Kullback and Leibler (1951), "On information and sufficiency", Annals of Mathematical
    Statistics.

    Examples
    --------
    >>> round(KLDivergence.forward(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]])), 4)
    0.6931
    """

    @staticmethod
    def forward(p, y) -> float:
        """Return the mean over rows of Σ y log(y / p); p and y of shape (n, k)."""
        p, y = _paired(p, y, proba=True, most=1)
        log_y = np.log(np.where(y > 0, y, 1))  # y log y is 0 at y = 0
        with np.errstate(divide="ignore"):  # log 0 = −∞, which the limit makes −100
            return float(np.mean((y * (log_y - np.maximum(np.log(p), -100))).sum(axis=-1)))

    @staticmethod
    def backward(p, y):
        """Return −y / p / n: each entry of p on its own, whatever the sum of its row."""
        p, y = _paired(p, y, proba=True, most=1)
        return -y / np.maximum(p, 1e-12) / (y.size / y.shape[-1])


class PoissonWithLogRate:
    """The loss of counts y ~ Poisson(e^z), from the log-rate z: mean(e^z − y z).

    The term log y!, which no prediction can change, is left out, as in PyTorch and Keras.

    Examples
    --------
    >>> PoissonWithLogRate.forward(np.array([0.0]), np.array([3]))
    1.0
    >>> PoissonWithLogRate.backward(np.array([0.0]), np.array([3]))
    array([-2.])
    """

    @staticmethod
    def forward(z, y) -> float:
        """Return mean(e^z − y z)."""
        z, y = _paired(z, y, most=np.inf)
        return float(np.mean(np.exp(z) - y * z))

    @staticmethod
    def backward(z, y):
        """Return (e^z − y) / n: prediction minus target."""
        z, y = _paired(z, y, most=np.inf)
        return (np.exp(z) - y) / y.size
