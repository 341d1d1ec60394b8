"""Batch normalisation: each feature standardised over the batch, then scaled and shifted."""

import numpy as np

TORCH = {"eps": 1e-5, "keep": 0.9, "unbiased": True}
"""Options of :class:`BatchNorm` that follow PyTorch, whose momentum 0.1 is the new share."""

KERAS = {"eps": 1e-3, "keep": 0.99, "unbiased": False}
"""Options of :class:`BatchNorm` that follow Keras, whose momentum 0.99 is the old share."""


class BatchNorm:
    """A layer that gives each feature a mean and a deviation of its own choice.

    In training, mean and variance are those of the batch, and their running averages are kept;
    else the running ones are used, and each row's output is its own affair.

    Parameters
    ----------
    d : int ≥ 1
        Number of features, the size of the last axis of x.
    eps : float > 0
        Added to the variance, inside the root.
    keep : float in [0, 1]
        Share of the old running statistics that stays at each step: "momentum" in Keras, and
        one minus "momentum" in PyTorch.
    unbiased : bool
        Whether the running variance averages Σ(x − μ)²/(m − 1) instead of /m.
    dtype : numpy dtype
        Of the parameters and the statistics; give float32 inputs to float32 parameters.

    Attributes
    ----------
    params, grads : dict
        {"gamma": ndarray of shape (d,), ones at first, "beta": the same, zeros at first}.
    running_mean, running_var : ndarray of shape (d,)
        0 and 1 at first. Not trained, but a part of the model: save them, too.

    Raises
    ------
    ValueError
        If an option is out of range, or (in forward) x has another number of features, or a batch
        for training holds one value a feature.

    References
    ----------
    Book equations eq-bn-forward, eq-bn-running and eq-bn-backward. Ioffe and Szegedy (2015), "Batch
    normalization: accelerating deep network training", ICML.

    Examples
    --------
    >>> layer = BatchNorm(1, **TORCH)
    >>> layer.forward(np.array([[1.0], [3.0]]), training=True).round(3)
    array([[-1.],
           [ 1.]])
    >>> layer.running_mean, layer.running_var  # 0.9 · 0 + 0.1 · 2, and 0.9 · 1 + 0.1 · 2
    (array([0.2]), array([1.1]))
    >>> layer.backward(np.array([[1.0], [0.0]])).round(4)  # only γ would change, hardly any x
    array([[ 0.],
           [-0.]])
    """

    def __init__(self, d, *, eps=1e-5, keep=0.9, unbiased=True, dtype=np.float64):
        if not 0 <= keep <= 1 or not eps > 0:
            raise ValueError(f"expected keep in [0, 1] and eps > 0, got {keep} and {eps}")
        self.params = {"gamma": np.ones(d, dtype), "beta": np.zeros(d, dtype)}
        self.grads = {}
        self.running_mean, self.running_var = np.zeros(d, dtype), np.ones(d, dtype)
        self.eps, self.keep, self.unbiased = eps, keep, unbiased

    def forward(self, x, training=False):
        """Return y = γ x̂ + β of x (n, d), or (n, …, d): all axes but the last are averaged."""
        x, gamma, beta = np.asarray(x), self.params["gamma"], self.params["beta"]
        if x.ndim < 2 or x.shape[-1] != len(gamma):
            raise ValueError(f"expected x of shape (n, …, {len(gamma)}), got {x.shape}")
        axes, m = tuple(range(x.ndim - 1)), x.size // len(gamma)
        mean, var = self.running_mean, self.running_var
        if training:
            if m < 2:
                raise ValueError(
                    f"expected two rows or more in training, got {m}: one row minus its mean is "
                    "0; drop a last batch of one row"
                )
            mean = x.mean(axis=axes)  # (n, d) -> (d,)
            var = ((x - mean) ** 2).mean(axis=axes)  # in two passes: E x² − μ² would cancel
            self._keep_track(mean, var * (m / (m - 1) if self.unbiased else 1))
        self._scale = gamma / np.sqrt(var + self.eps)  # (d,)
        self._x_hat = (x - mean) / np.sqrt(var + self.eps)  # (n, d)
        self._axes, self._trained = axes, training
        return gamma * self._x_hat + beta

    def _keep_track(self, mean, var):
        self.running_mean = self.keep * self.running_mean + (1 - self.keep) * mean
        self.running_var = self.keep * self.running_var + (1 - self.keep) * var

    def backward(self, dy):
        """Keep dL/dγ = Σ dy x̂ and dL/dβ = Σ dy; return dL/dx, like x, from dy, like y."""
        axes, x_hat = self._axes, self._x_hat
        self.grads = {"gamma": (dy * x_hat).sum(axis=axes), "beta": dy.sum(axis=axes)}  # (d,)
        if not self._trained:  # the running statistics don't depend on x
            return self._scale * dy
        slope = (dy * x_hat).mean(axis=axes)  # (d,)
        return self._scale * (dy - dy.mean(axis=axes) - x_hat * slope)
