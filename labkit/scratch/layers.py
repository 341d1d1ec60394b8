"""Layers: what a network is made of, each with its forward and its backward pass.

A layer has

- ``forward(x, training=False)``, which returns its outputs and keeps what the backward pass needs;
- ``backward(dy)``, with dy = dL/dy like those outputs, which keeps the gradients of its parameters
  and returns dL/dx, an ndarray like x;
- ``params`` and ``grads``, two dicts of ndarrays with the same names.

The loss holds the 1/n of a mean over rows, and no layer divides again.
"""

import numpy as np

from labkit.scratch.init import BY_NAME


class Dense:
    """A layer of n_out units, each a weighted sum of all n_in inputs: z = x w + b.

    Parameters
    ----------
    n_in, n_out : int ≥ 1
        Numbers of inputs and of units.
    rng : numpy.random.Generator
        Draws the weights.
    init : {"glorot", "he", "zeros"} or callable
        How to draw them; a function of (shape, rng) as in :mod:`labkit.scratch.init`.
    dtype : numpy dtype
        Of the parameters; give float32 inputs to float32 parameters.
    input_gradient : bool
        False in a first layer spares the work for dL/dx, which no one needs: backward returns None.

    Attributes
    ----------
    params : dict
        {"w": ndarray of shape (n_in, n_out), "b": ndarray of shape (n_out,), zeros at first}.
    grads : dict
        dL/dw and dL/db, the same, after :meth:`backward`.

    Raises
    ------
    ValueError
        If ``init`` is no known name, or (in forward) x not of shape (n, n_in).

    References
    ----------
    Book equations eq-bp-delta, eq-bp-db and eq-bp-dw; there the rows of W are units: w is its
    transpose, so that examples are rows.

    Examples
    --------
    >>> layer = Dense(2, 1, rng=np.random.default_rng(0), init=lambda shape, rng: np.ones(shape))
    >>> layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[3.],
           [7.]])
    >>> layer.backward(np.array([[1.0], [10.0]]))
    array([[ 1.,  1.],
           [10., 10.]])
    >>> layer.grads["w"]
    array([[31.],
           [42.]])
    """

    def __init__(self, n_in, n_out, *, rng, init="glorot", dtype=np.float64, input_gradient=True):
        if not callable(init) and init not in BY_NAME:
            raise ValueError(f"expected init to be callable or in {list(BY_NAME)}, got {init!r}")
        w = (init if callable(init) else BY_NAME[init])((n_in, n_out), rng)
        self.params = {"w": np.array(w, dtype), "b": np.zeros(n_out, dtype)}
        self.grads = {}
        self.input_gradient = input_gradient

    def forward(self, x, training=False):
        """Return z = x w + b (n, n_out) of x (n, n_in)."""
        x, w, b = np.asarray(x), self.params["w"], self.params["b"]
        if x.ndim != 2 or x.shape[1] != len(w):
            raise ValueError(f"expected x of shape (n, {len(w)}), got {x.shape}")
        self._x = x
        return x @ w + b  # (n, n_in) @ (n_in, n_out) -> (n, n_out)

    def backward(self, dz):
        """Keep dL/dw = xᵀ dz and dL/db = Σ dz; return dL/dx = dz wᵀ, from dz (n, n_out)."""
        self.grads = {
            "w": self._x.T @ dz,  # (n_in, n) @ (n, n_out) -> (n_in, n_out)
            "b": dz.sum(axis=0),  # (n, n_out) -> (n_out,)
        }
        return dz @ self.params["w"].T if self.input_gradient else None  # (n, n_in)


class Activation:
    """A layer that applies an activation of :mod:`labkit.scratch.activations`.

    Parameters
    ----------
    activation : class
        Has ``forward(z)`` and ``backward(z, da)``.

    Attributes
    ----------
    params, grads : dict
        Empty.

    References
    ----------
    Book equations eq-bp-delta-out and eq-bp-delta: the factor σ'(z).

    Examples
    --------
    >>> from labkit.scratch.activations import ReLU
    >>> layer = Activation(ReLU)
    >>> layer.forward(np.array([[-1.0, 2.0]]))
    array([[0., 2.]])
    >>> layer.backward(np.array([[5.0, 5.0]]))
    array([[0., 5.]])
    """

    def __init__(self, activation):
        self.activation, self.params, self.grads = activation, {}, {}

    def forward(self, z, training=False):
        """Return a = g(z), like z."""
        self._z = z  # not a: the derivative is taken at z
        return self.activation.forward(z)

    def backward(self, da):
        """Return dL/dz = dL/da · g'(z), like z."""
        return self.activation.backward(self._z, da)


class Sequential:
    """Layers one after the other: the output of each is the input of the next.

    Parameters
    ----------
    layers : sequence of layers
        Each once: two models that share a layer share what it learns.

    Attributes
    ----------
    layers : list
    params, grads : dict
        The arrays of all layers, named by the layer's place: "0.w", "0.b", "2.w", … Change an array
        in place, or replace it in ``layers[i].params``.

    Raises
    ------
    ValueError
        If a layer comes twice.

    References
    ----------
    Book equation eq-bp-delta.

    Examples
    --------
    >>> from labkit.scratch.activations import Tanh
    >>> rng = np.random.default_rng(0)
    >>> net = Sequential([Dense(2, 3, rng=rng), Activation(Tanh), Dense(3, 1, rng=rng)])
    >>> net.forward(np.zeros((4, 2))).shape
    (4, 1)
    >>> {name: array.shape for name, array in net.params.items()}
    {'0.w': (2, 3), '0.b': (3,), '2.w': (3, 1), '2.b': (1,)}
    """

    def __init__(self, layers):
        self.layers = list(layers)
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("expected each layer once, got one of them twice; make a second layer")

    def forward(self, x, training=False):
        """Return the last layer's outputs of x, from the first layer to the last."""
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, dy):
        """Return the first layer's dL/dx of dy = dL/dy, from the last layer to the first."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    @property
    def params(self) -> dict:
        """The parameters of all layers."""
        return self._named("params")

    @property
    def grads(self) -> dict:
        """Their gradients, after a backward pass."""
        return self._named("grads")

    def _named(self, kind):
        parts = enumerate(getattr(layer, kind) for layer in self.layers)
        return {f"{i}.{name}": array for i, part in parts for name, array in part.items()}
