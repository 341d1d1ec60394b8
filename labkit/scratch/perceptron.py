"""One neuron: a weighted sum, a sigmoid, and how it learns."""

import numpy as np

from labkit.scratch.activations import Sigmoid


class LogisticNeuron:
    """A neuron with d inputs that says how probable class 1 is.

    Parameters
    ----------
    w : ndarray of shape (d,), float
        Weights; copied.
    b : float
        Bias.

    Attributes
    ----------
    params : dict
        {"w": ndarray of shape (d,), "b": ndarray of shape ()}, float64; optimisers change them in
        place.
    grads : dict
        dL/dw and dL/db under the same names, after :meth:`backward`.

    Raises
    ------
    ValueError
        If w is not of shape (d,), b not one number, or (in forward) x not of shape (n, d).

    References
    ----------
    Book equations eq-logistic-z to eq-logistic-update.

    Examples
    --------
    >>> neuron = LogisticNeuron(np.array([10.0, 10.0]), -15.0)
    >>> neuron.predict(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    array([0, 0, 0, 1])
    """

    def __init__(self, w, b):
        self.params = {"w": np.array(w, dtype=np.float64), "b": np.array(b, dtype=np.float64)}
        if self.params["w"].ndim != 1 or self.params["b"].ndim != 0:
            raise ValueError(
                f"expected w of shape (d,) and one number b, got shapes {self.params['w'].shape} "
                f"and {self.params['b'].shape}"
            )
        self.grads = {}

    def forward(self, x, training=False):
        """Return the logits z = x w + b (n,) of x (n, d). Book equation eq-logistic-z."""
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != len(self.params["w"]):
            raise ValueError(f"expected x of shape (n, {len(self.params['w'])}), got {x.shape}")
        self._x = x
        return x @ self.params["w"] + self.params["b"]  # (n, d) @ (d,) -> (n,)

    def backward(self, dz):
        """Keep dL/dw = Σ dz x and dL/db = Σ dz; return dL/dx (n, d).

        dz = dL/dz has shape (n,). Book equation eq-logistic-dw; where L is a mean, dz holds the
        1/n already.
        """
        self.grads = {"w": dz @ self._x, "b": np.sum(dz)}  # (n,) @ (n, d) -> (d,)
        return dz[:, None] * self.params["w"]  # (n, 1) * (d,) -> (n, d)

    def predict_proba(self, x):
        """Return p = σ(z) (n,), the probability of class 1. Book equation eq-logistic-p."""
        return Sigmoid.forward(self.forward(x))

    def predict(self, x):
        """Return the labels of shape (n,), int64: 1 where p > 1/2, that is z > 0."""
        return (self.forward(x) > 0).astype(np.int64)


def trace(w, b, x, y, *, learning_rate: float, epochs: int) -> list:
    """Train a logistic neuron on the full batch and keep every intermediate value.

    Row e shows epoch e: the state after e updates, and the update that follows.

    Parameters
    ----------
    w : ndarray of shape (d,), float
        Initial weights.
    b : float
        Initial bias.
    x : ndarray of shape (n, d), float
        Inputs.
    y : ndarray of shape (n,), 0 or 1
        Labels.
    learning_rate : float ≥ 0
        Step of gradient descent.
    epochs : int ≥ 0
        Number of updates.

    Returns
    -------
    list of dict, rows 0 … epochs
        Each with "epoch"; "w" (d,) and "b"; for each example, of shape (n,): "z", "p", "y_log_p",
        "one_minus_y_log_one_minus_p", "dC_dp", "dp_dz", "dC_dz", of the example's own cost; their
        means "cost", "dC_dw" (d,) and "dC_db"; and "w_next" (d,), "b_next".

    Raises
    ------
    ValueError
        If shapes do not fit, a label is not 0 or 1, or learning_rate or epochs is negative.

    References
    ----------
    Book equations eq-logistic-z to eq-logistic-update, one line each.

    Examples
    --------
    >>> x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    >>> rows = trace([10.0, 10.0], 10.0, x, y, learning_rate=1.0, epochs=2)
    >>> [round(row["cost"], 5) for row in rows]
    [12.50001, 11.81253, 11.12508]
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    neuron = LogisticNeuron(w, b)
    if y.shape != x.shape[:1] or not np.isin(y, (0, 1)).all() or y.size == 0:
        raise ValueError(f"expected a label 0 or 1 for each of {len(x)} rows, got {y.tolist()}")
    if not learning_rate >= 0 or epochs < 0:
        raise ValueError(
            f"expected learning_rate >= 0 and epochs >= 0, got {learning_rate} and {epochs}"
        )
    w, b = neuron.params["w"], float(neuron.params["b"])
    towards = 2 * y - 1  # +1 where p should rise, −1 where it should fall
    rows = []
    for epoch in range(epochs + 1):
        row = {"epoch": epoch, "w": w, "b": b}
        z = LogisticNeuron(w, b).forward(x)
        row |= {"z": z, "p": Sigmoid.forward(z)}
        # log p = −log(1 + e^−z), exact where p rounds to 0 or 1; 0 − … keeps −0 out of the table
        row["y_log_p"] = 0.0 - y * np.logaddexp(0, -z)
        row["one_minus_y_log_one_minus_p"] = 0.0 - (1 - y) * np.logaddexp(0, z)
        row["cost"] = float(np.mean(np.logaddexp(0, z) - y * z))
        with np.errstate(divide="ignore"):  # beyond |z| = 745 the slope is larger than any float
            row["dC_dp"] = -towards / Sigmoid.forward(towards * z)
        row["dp_dz"] = Sigmoid.backward(z, 1.0)
        row["dC_dz"] = row["p"] - y
        row["dC_dw"] = row["dC_dz"] @ x / len(x)
        row["dC_db"] = float(row["dC_dz"].mean())
        w, b = w - learning_rate * row["dC_dw"], b - learning_rate * row["dC_db"]
        rows.append(row | {"w_next": w, "b_next": b})
    return rows
