"""A multilayer perceptron with scikit-learn's interface."""

from itertools import pairwise

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from labkit.scratch import activations
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.losses import SoftmaxCrossEntropy
from labkit.scratch.optim import SGD
from labkit.train.fit_numpy import fit_numpy

# Each with the initialiser that keeps the size of its outputs from layer to layer.
_ACTIVATIONS = {
    "relu": (activations.ReLU, "he"),
    "leaky_relu": (activations.LeakyReLU, "he"),
    "elu": (activations.ELU, "he"),
    "tanh": (activations.Tanh, "glorot"),
    "sigmoid": (activations.Sigmoid, "glorot"),
    "linear": (activations.Linear, "glorot"),
}
_FLOATS = [np.float64, np.float32]


class MLP(ClassifierMixin, BaseEstimator):
    """A classifier of dense layers and a softmax, trained by gradient descent with momentum.

    Scale the inputs first, to about mean 0 and standard deviation 1.

    Parameters
    ----------
    hidden : sequence of int
        Numbers of units of the hidden layers; () gives softmax regression.
    activation : {"relu", "leaky_relu", "elu", "tanh", "sigmoid", "linear"}
        Of the hidden layers.
    learning_rate : float ≥ 0
    momentum : float in [0, 1)
        See :class:`labkit.scratch.optim.SGD`.
    epochs : int ≥ 0
    batch_size : int ≥ 1, optional
        Rows a step; None: all of them.
    random_state : int, numpy.random.RandomState or None
        Seeds the weights and the order of the rows; None: differently each time.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
        The labels, sorted.
    n_features_in_ : int
    network_ : Sequential
        From inputs to logits; float32 where X was float32, else float64.
    history_ : History
        Columns epoch, seconds and loss, the mean cross-entropy during the epoch.

    Raises
    ------
    ValueError
        If a parameter or an array is not as above.
    FloatingPointError
        If the loss becomes NaN or infinite.

    References
    ----------
    Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating errors",
    Nature. Book equations eq-bp-delta-out to eq-bp-dw.

    Examples
    --------
    >>> x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    >>> y = ["same", "different", "different", "same"]
    >>> mlp = MLP(hidden=(8,), activation="tanh", learning_rate=0.1, epochs=200, random_state=0)
    >>> mlp.fit(x, y).predict(x).tolist()
    ['same', 'different', 'different', 'same']
    >>> mlp.network_.params["0.w"].shape
    (2, 8)
    """

    def __init__(
        self,
        hidden=(100,),
        *,
        activation="relu",
        learning_rate=0.01,
        momentum=0.9,
        epochs=50,
        batch_size=200,
        random_state=None,
    ):
        self.hidden = hidden
        self.activation = activation
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state

    # X, not x: scikit-learn takes an argument of another name for metadata.
    def fit(self, X, y):
        """Train anew on X (n, d), float, and labels y (n,), and return self."""
        x, y = validate_data(self, X, y, dtype=_FLOATS)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        sizes = [x.shape[1], *self.hidden, len(self.classes_)]
        self.network_ = self._network(sizes, np.random.default_rng(seed), x.dtype)
        self.history_ = fit_numpy(
            self.network_,
            (x, labels),
            loss_fn=SoftmaxCrossEntropy,
            optimizer=SGD(self.learning_rate, self.momentum),
            epochs=self.epochs,
            batch_size=self.batch_size,
            seed=seed,
        )
        return self

    def _network(self, sizes, rng, dtype):
        if self.activation not in _ACTIVATIONS:
            known = ", ".join(_ACTIVATIONS)
            raise ValueError(f"expected activation to be one of {known}, got {self.activation!r}")
        activation, init = _ACTIVATIONS[self.activation]
        layers = []
        for pair in pairwise(sizes):
            # The first layer's inputs are data: no one needs their gradient, a third of its work.
            options = {"init": init, "dtype": dtype, "input_gradient": bool(layers)}
            layers += [Dense(*pair, rng=rng, **options), Activation(activation)]
        return Sequential(layers[:-1])  # the last outputs are logits

    def predict_proba(self, X):
        """Return the probabilities (n, k) of the classes, in the order of ``classes_``."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype=_FLOATS, reset=False)
        return activations.Softmax.forward(self.network_.forward(x))

    def predict(self, X):
        """Return the most probable labels (n,)."""
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]
