"""Recurrent layers: one set of weights, used again at every step of a sequence.

Sequences are *time first*, (t, n, d): step, example, feature, as in PyTorch; Keras has (n, t, d).
The parameters are PyTorch's, too, so that they can be copied from ``torch.nn.RNN``, ``LSTM`` and
``GRU``: a block of rows for each gate in its order, and two biases, of which only the GRU needs
both. A layer has

- ``forward(x, state=None)``, which returns the outputs h of all steps and the last state;
- ``backward(dy, dstate=None)``, which goes back through all steps (backpropagation through time),
  keeps the gradients of the parameters, and returns dL/dx and the gradient of the first state;
- ``params`` and ``grads`` as in :mod:`labkit.scratch.layers`.

What doesn't wait for the step before is done for all steps at once: the inputs' product forward,
and backward the local slopes, the weights' gradients and dL/dx. To cut the gradient (truncated
backpropagation), pass the state on to the next ``forward`` and no ``dstate`` to ``backward``.
"""

import numpy as np


class _Recurrent:
    """What the three layers share: parameters, the inputs' product and the weights' gradients."""

    blocks = 1

    def __init__(self, n_in, n_hidden, *, rng, dtype=np.float64, input_gradient=True):
        if min(n_in, n_hidden) < 1:
            raise ValueError(f"expected n_in and n_hidden ≥ 1, got {n_in} and {n_hidden}")
        rows, limit = self.blocks * n_hidden, 1 / np.sqrt(n_hidden)
        shapes = {"w_ih": (rows, n_in), "w_hh": (rows, n_hidden), "b_ih": (rows,), "b_hh": (rows,)}
        self.params = {k: rng.uniform(-limit, limit, s).astype(dtype) for k, s in shapes.items()}
        self.grads, self.gates = {}, {}
        self.n_hidden, self.input_gradient = n_hidden, input_gradient

    def _inputs(self, x):
        """Return W_ih x + b_ih of every step, (t, n, blocks · h), and keep x (t, n, d)."""
        self._x, w = np.asarray(x), self.params["w_ih"]
        if self._x.ndim != 3 or self._x.shape[2] != w.shape[1] or not len(self._x):
            raise ValueError(f"expected x of shape (t ≥ 1, n, {w.shape[1]}), got {self._x.shape}")
        return self._x @ w.T + self.params["b_ih"]

    def _places(self, a, first):
        """Return an array (t + 1, n, h) for a state at every step, with the first one filled in."""
        t, n, _ = a.shape
        if first is not None and np.shape(first) != (n, self.n_hidden):
            shape = np.shape(first)
            raise ValueError(f"expected a state of shape {n, self.n_hidden}, got {shape}")
        states = np.empty((t + 1, n, self.n_hidden), a.dtype)
        states[0] = 0 if first is None else first
        return states

    def _split(self, a):
        """Return the blocks of (…, blocks · h) as views (…, h)."""
        return np.split(a, self.blocks, axis=-1)

    def _arrivals(self, dy, dstate):
        """Return dy and the gradient of the last state, 0 if none is given; both checked."""
        dy, shape = np.asarray(dy), self._h[1:].shape
        dstate = np.zeros(shape[1:], dy.dtype) if dstate is None else np.asarray(dstate)
        if dy.shape != shape or dstate.shape != shape[1:]:
            raise ValueError(
                f"expected dy of shape {shape} and dstate of {shape[1:]}, "
                f"got {dy.shape} and {dstate.shape}"
            )
        return dy, dstate

    def _weights(self, da, dp):
        """Keep the gradients and return dL/dx, from those of W_ih x + b_ih and of W_hh h + b_hh."""
        da, dp, x, h = (
            part.reshape(-1, part.shape[-1]) for part in (da, dp, self._x, self._h[:-1])
        )
        self.grads = {
            "w_ih": da.T @ x,  # (blocks · h, t n) @ (t n, d): a sum over the steps
            "w_hh": dp.T @ h,
            "b_ih": da.sum(axis=0),
            "b_hh": dp.sum(axis=0),
        }
        if self.input_gradient:
            return (da @ self.params["w_ih"]).reshape(self._x.shape)
        return None


class RNN(_Recurrent):
    """The simple recurrent layer, h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh).

    Parameters
    ----------
    n_in, n_hidden : int ≥ 1
        Numbers d of features and h of hidden units.
    rng : numpy.random.Generator
        Draws all parameters uniformly from ± 1/√h, as PyTorch does.
    dtype : numpy dtype
        Of the parameters; give float32 inputs to float32 parameters.
    input_gradient : bool
        False in a first layer spares the work for dL/dx, which no one needs: None comes back.

    Attributes
    ----------
    params : dict
        {"w_ih": ndarray of shape (h, d), "w_hh": (h, h), "b_ih": (h,), "b_hh": (h,)}.
    grads : dict
        The same, after :meth:`backward`.

    Raises
    ------
    ValueError
        If a size is below 1, or an array's shape isn't what it must be.

    References
    ----------
    Book equations eq-cell-rnn and eq-cell-rnn-back. Elman (1990), "Finding structure in time",
    Cognitive Science.

    Examples
    --------
    >>> layer = RNN(1, 1, rng=np.random.default_rng(0))
    >>> for name, value in {"w_ih": 1.0, "w_hh": 0.5, "b_ih": 0.0, "b_hh": 0.0}.items():
    ...     layer.params[name][:] = value
    >>> y, state = layer.forward(np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1))
    >>> y.ravel().round(3), state.round(3)
    (array([0.762, 0.363, 0.18 ]), array([[0.18]]))
    >>> dx, dstate = layer.backward(np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1))
    >>> dx.ravel().round(3)
    array([0.088, 0.42 , 0.968])
    """

    def forward(self, x, state=None):
        """Return h of all steps (t, n, h) and the last (n, h), of x (t, n, d)."""
        a, w = self._inputs(x), self.params["w_hh"]
        a += self.params["b_hh"]
        h = self._h = self._places(a, state)
        for t in range(len(a)):
            np.matmul(h[t], w.T, out=h[t + 1])  # (n, h) @ (h, h)
            h[t + 1] += a[t]
            np.tanh(h[t + 1], out=h[t + 1])
        return h[1:].copy(), h[-1].copy()

    def backward(self, dy, dstate=None):
        """Return dL/dx (t, n, d) and that of the first state (n, h), from dy (t, n, h)."""
        dy, dh = self._arrivals(dy, dstate)
        w, slope = self.params["w_hh"], 1 - self._h[1:] ** 2  # tanh' at every step
        da = np.empty_like(slope)
        for t in reversed(range(len(da))):
            np.multiply(dy[t] + dh, slope[t], out=da[t])  # two arrivals at h_t
            dh = da[t] @ w
        return self._weights(da, da), dh


class LSTM(_Recurrent):
    """Long short-term memory: a cell c beside h, with an input, a forget and an output gate.

    i, f, o = σ(…), g = tanh(…), each with its own weights of x_t and h_{t−1};
    c_t = f c_{t−1} + i g and h_t = o tanh(c_t).

    Parameters
    ----------
    n_in, n_hidden, rng, dtype, input_gradient
        As in :class:`RNN`.

    Attributes
    ----------
    params, grads : dict
        As in :class:`RNN`, with 4h rows: the blocks i, f, g, o.
    gates : dict
        {"i", "f", "g", "o"}: ndarrays (t, n, h) of the last forward pass.

    Raises
    ------
    ValueError
        As :class:`RNN`.

    References
    ----------
    Book equations eq-cell-lstm and eq-cell-lstm-back. Hochreiter and Schmidhuber (1997), "Long
    short-term memory", Neural Computation; Gers, Schmidhuber and Cummins (2000), for f.

    Examples
    --------
    >>> layer = LSTM(1, 2, rng=np.random.default_rng(0))
    >>> y, (h, c) = layer.forward(np.ones((3, 5, 1)))
    >>> y.shape, h.shape, c.shape, layer.params["w_hh"].shape
    ((3, 5, 2), (5, 2), (5, 2), (8, 2))
    >>> dx, (dh, dc) = layer.backward(y)
    >>> dx.shape, dc.shape
    ((3, 5, 1), (5, 2))
    """

    blocks = 4

    def forward(self, x, state=None):
        """Return h of all steps (t, n, h) and the last (h, c), of x (t, n, d)."""
        a, w, n_h = self._inputs(x), self.params["w_hh"], self.n_hidden
        a += self.params["b_hh"]
        first_h, first_c = (None, None) if state is None else state
        h, c = self._h, self._c = self._places(a, first_h), self._places(a, first_c)
        self.gates = dict(zip("ifgo", self._split(a), strict=True))
        i, f, g, o = self.gates.values()
        for t in range(len(a)):
            a[t] += h[t] @ w.T  # (n, h) @ (h, 4h)
            _sigmoid(a[t, :, : 2 * n_h])
            np.tanh(g[t], out=g[t])
            _sigmoid(o[t])
            np.multiply(f[t], c[t], out=c[t + 1])
            c[t + 1] += i[t] * g[t]
            np.tanh(c[t + 1], out=h[t + 1])
            h[t + 1] *= o[t]
        return h[1:].copy(), (h[-1].copy(), c[-1].copy())

    def backward(self, dy, dstate=None):
        """Return dL/dx and those of the first (h, c), from dy (t, n, h)."""
        dh, dc = (None, None) if dstate is None else dstate
        (dy, dh), (_, dc) = self._arrivals(dy, dh), self._arrivals(dy, dc)
        (i, f, g, o), w, tanh_c = self.gates.values(), self.params["w_hh"], np.tanh(self._c[1:])
        to_c = o * (1 - tanh_c**2)  # ∂h_t/∂c_t
        slopes = np.empty((*dy.shape[:2], 4 * self.n_hidden), to_c.dtype)
        to_i, to_f, to_g, to_o = self._split(slopes)
        to_i[:] = g * i * (1 - i)
        to_f[:] = self._c[:-1] * f * (1 - f)
        to_g[:] = i * (1 - g**2)
        to_o[:] = tanh_c * o * (1 - o)
        da = slopes.reshape(*dy.shape[:2], 4, -1)  # times dc or dh: what arrives
        for t in reversed(range(len(da))):
            dh = dy[t] + dh  # two arrivals at h_t
            dc = dc + dh * to_c[t]  # two arrivals at c_t
            da[t, :, :3] *= dc[:, None]
            da[t, :, 3] *= dh
            dc = dc * f[t]
            dh = slopes[t] @ w  # (n, 4h) @ (4h, h)
        return self._weights(slopes, slopes), (dh, dc)


class GRU(_Recurrent):
    """The gated recurrent unit: a reset gate r and an update gate z, and no second memory.

    r, z = σ(…) and n = tanh(W_in x_t + b_in + r (W_hn h_{t−1} + b_hn)), with the reset after the
    product; h_t = (1 − z) n + z h_{t−1}. In the first paper the reset comes before the product.

    Parameters
    ----------
    n_in, n_hidden, rng, dtype, input_gradient
        As in :class:`RNN`.

    Attributes
    ----------
    params, grads : dict
        As in :class:`RNN`, with 3h rows: the blocks r, z, n.
    gates : dict
        {"r", "z", "n"}: ndarrays (t, n, h) of the last forward pass.

    Raises
    ------
    ValueError
        As :class:`RNN`.

    References
    ----------
    Book equations eq-cell-gru and eq-cell-gru-back. Cho et al. (2014), "Learning phrase
    representations using RNN encoder–decoder for statistical machine translation", EMNLP.

    Examples
    --------
    >>> layer = GRU(1, 2, rng=np.random.default_rng(0))
    >>> y, state = layer.forward(np.ones((3, 5, 1)))
    >>> y.shape, state.shape, layer.params["w_hh"].shape, layer.gates["z"].shape
    ((3, 5, 2), (5, 2), (6, 2), (3, 5, 2))
    """

    blocks = 3

    def forward(self, x, state=None):
        """Return h of all steps (t, n, h) and the last (n, h), of x (t, n, d)."""
        a, w, n_h = self._inputs(x), self.params["w_hh"], self.n_hidden
        h = self._h = self._places(a, state)
        self._m = np.empty_like(h[1:])  # W_hn h + b_hn, which r multiplies
        self.gates = dict(zip("rzn", self._split(a), strict=True))
        r, z, n = self.gates.values()
        for t in range(len(a)):
            p = h[t] @ w.T  # (n, h) @ (h, 3h)
            p += self.params["b_hh"]
            self._m[t] = p[:, 2 * n_h :]
            a[t, :, : 2 * n_h] += p[:, : 2 * n_h]
            _sigmoid(a[t, :, : 2 * n_h])
            n[t] += r[t] * self._m[t]
            np.tanh(n[t], out=n[t])
            np.subtract(h[t], n[t], out=h[t + 1])
            h[t + 1] *= z[t]
            h[t + 1] += n[t]  # n + z (h − n) is (1 − z) n + z h
        return h[1:].copy(), h[-1].copy()

    def backward(self, dy, dstate=None):
        """Return dL/dx (t, n, d) and that of the first state (n, h), from dy (t, n, h)."""
        dy, dh = self._arrivals(dy, dstate)
        (r, z, n), w = self.gates.values(), self.params["w_hh"]
        to_n = (1 - z) * (1 - n**2)
        slopes = np.empty((*dy.shape[:2], 3 * self.n_hidden), to_n.dtype)
        to_r, to_z, to_m = self._split(slopes)
        to_r[:] = to_n * self._m * r * (1 - r)
        to_z[:] = (self._h[:-1] - n) * z * (1 - z)
        to_m[:] = to_n * r
        dp = slopes.reshape(*dy.shape[:2], 3, -1)  # times dh: what arrives
        for t in reversed(range(len(dp))):
            dh = dy[t] + dh  # two arrivals at h_t: the output and the next step
            dp[t] *= dh[:, None]
            to_n[t] *= dh
            dh = dh * z[t] + slopes[t] @ w  # (n, 3h) @ (3h, h)
        da = np.concatenate([slopes[..., : 2 * self.n_hidden], to_n], axis=-1)
        return self._weights(da, slopes), dh


def _sigmoid(z):
    """Replace z by σ(z) = ½ + ½ tanh(z/2), which can't overflow."""
    z *= 0.5
    np.tanh(z, out=z)
    z *= 0.5
    z += 0.5
