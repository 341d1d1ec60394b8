"""Convolution and pooling: layers that look nearby, with the same weights everywhere.

Pictures are *channels first*, (n, c, h, w), as in PyTorch; Keras's default is (n, h, w, c). Like
both, "convolution" here does not flip its kernel. The layers have the interface of
:mod:`labkit.scratch.layers`.

:func:`im2col` lays the patches of a batch out as the rows of a matrix, so that convolution is one
matrix product, whose backward pass is that of a dense layer; :func:`col2im` is its transpose.
"""

import numpy as np

from labkit.scratch.init import BY_NAME


def output_size(n, kernel, *, stride=1, padding=0, dilation=1) -> int:
    """Return how many places a window has along n pixels: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1.

    Parameters
    ----------
    n, kernel, stride, dilation : int ≥ 1
    padding : int ≥ 0
        Pixels added at either end.

    Returns
    -------
    int ≥ 1

    Raises
    ------
    ValueError
        If a number is out of range, or the window doesn't fit.

    References
    ----------
    Book equation eq-conv-size.

    Examples
    --------
    >>> output_size(28, 5), output_size(28, 3, padding=1), output_size(224, 11, stride=4, padding=1)
    (24, 28, 54)
    """
    if min(n, kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError(
            "expected size, kernel, stride and dilation ≥ 1 and padding ≥ 0, got "
            f"{n}, {kernel}, {stride}, {dilation} and {padding}"
        )
    reach = dilation * (kernel - 1) + 1
    if reach > n + 2 * padding:
        raise ValueError(
            f"expected a window of at most {n + 2 * padding} pixels (padding included), got "
            f"{reach}; pad more, or take a smaller kernel"
        )
    return (n + 2 * padding - reach) // stride + 1


def windows(x, kernel, *, stride=1, padding=0, dilation=1, fill=0.0) -> np.ndarray:
    """Return every patch of x (n, c, h, w), as a read-only view (n, c, h_out, w_out, k, k)."""
    x = np.asarray(x)
    if x.ndim != 4:
        raise ValueError(f"expected pictures of shape (n, c, h, w), channels first, got {x.shape}")
    for size in x.shape[2:]:
        output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    if padding:
        edge = (padding, padding)
        x = np.pad(x, ((0, 0), (0, 0), edge, edge), constant_values=fill)
    reach = dilation * (kernel - 1) + 1
    views = np.lib.stride_tricks.sliding_window_view(x, (reach, reach), axis=(2, 3))
    return views[:, :, ::stride, ::stride, ::dilation, ::dilation]


def im2col(x, kernel, *, stride=1, padding=0, dilation=1) -> np.ndarray:
    """Return the patches of pictures as rows.

    Parameters
    ----------
    x : ndarray of shape (n, c, h, w)
    kernel, stride, padding, dilation : int
        As in :func:`output_size`.

    Returns
    -------
    ndarray of shape (n · h_out · w_out, c · k · k)
        A row for each place of each picture, in reading order.

    References
    ----------
    Book equation eq-conv-im2col.

    Examples
    --------
    >>> im2col(np.arange(9.0).reshape(1, 1, 3, 3), 2)
    array([[0., 1., 3., 4.],
           [1., 2., 4., 5.],
           [3., 4., 6., 7.],
           [4., 5., 7., 8.]])
    """
    views = windows(x, kernel, stride=stride, padding=padding, dilation=dilation)
    n, c, h, w = views.shape[:4]
    return views.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, c * kernel**2)


def col2im(columns, shape, kernel, *, stride=1, padding=0, dilation=1) -> np.ndarray:
    """Add rows of patches back where they were read: the transpose of :func:`im2col`.

    Parameters
    ----------
    columns : ndarray of shape (n · h_out · w_out, c · k · k)
    shape : (n, c, h, w)
        Of the pictures.
    kernel, stride, padding, dilation : int

    Returns
    -------
    ndarray of that shape
        Each pixel is the sum over all patches that hold it.

    References
    ----------
    Book equation eq-conv-dx.

    Examples
    --------
    >>> col2im(np.ones((4, 4)), (1, 1, 3, 3), 2)[0, 0]  # in how many patches is each pixel?
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    n, c, h, w = shape
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    h_out, w_out = (output_size(size, kernel, **options) for size in (h, w))
    parts = columns.reshape(n, h_out, w_out, c, kernel, kernel).transpose(0, 3, 1, 2, 4, 5)
    x = np.zeros((n, c, h + 2 * padding, w + 2 * padding), columns.dtype)
    for a in range(kernel):
        for b in range(kernel):
            top, left = a * dilation, b * dilation
            rows = slice(top, top + stride * h_out, stride)
            cells = slice(left, left + stride * w_out, stride)
            x[:, :, rows, cells] += parts[..., a, b]  # (n, c, h_out, w_out)
    return x[:, :, padding : padding + h, padding : padding + w]


class Conv2D:
    """n_out kernels, each a weighted sum of a k × k patch of all n_in channels, at every place.

    Parameters
    ----------
    n_in, n_out : int ≥ 1
        Numbers of channels of the inputs, and of kernels, which are the channels of the outputs.
    kernel : int ≥ 1
        Its side k.
    rng : numpy.random.Generator
        Draws the weights.
    stride, padding, dilation : int
        Pixels between two places; zeros added on each side; pixels between two cells of a kernel.
    init : {"glorot", "he", "zeros"} or callable
        As in :class:`labkit.scratch.layers.Dense`; is given the shape (k, k, n_in, n_out).
    dtype : numpy dtype
        Of the parameters.
    input_gradient : bool
        False in a first layer spares the work for dL/dx: backward returns None.

    Attributes
    ----------
    params : dict
        {"w": ndarray of shape (n_out, n_in, k, k), "b": ndarray of shape (n_out,), zeros at first}.
    grads : dict
        dL/dw and dL/db, the same, after :meth:`backward`.

    Raises
    ------
    ValueError
        If ``init`` is no known name, or (in forward) x not (n, n_in, h, w), or too small.

    References
    ----------
    Book equations eq-conv-2d, eq-conv-im2col, eq-conv-dw and eq-conv-dx. LeCun, Bottou, Bengio and
    Haffner (1998), "Gradient-based learning applied to document recognition", Proc. IEEE.

    Examples
    --------
    >>> layer = Conv2D(1, 1, 2, rng=None, init=lambda shape, rng: np.ones(shape))
    >>> layer.forward(np.arange(9.0).reshape(1, 1, 3, 3))[0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    >>> layer.backward(np.ones((1, 1, 2, 2)))[0, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    >>> layer.grads["w"][0, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """

    def __init__(
        self,
        n_in,
        n_out,
        kernel,
        *,
        rng,
        stride=1,
        padding=0,
        dilation=1,
        init="glorot",
        dtype=np.float64,
        input_gradient=True,
    ):
        if not callable(init) and init not in BY_NAME:
            raise ValueError(f"expected init to be callable or in {list(BY_NAME)}, got {init!r}")
        draw = init if callable(init) else BY_NAME[init]
        w = np.asarray(draw((kernel, kernel, n_in, n_out), rng)).transpose(3, 2, 0, 1)
        self.params = {"w": np.array(w, dtype, order="C"), "b": np.zeros(n_out, dtype)}
        self.grads = {}
        self.kernel, self.input_gradient = kernel, input_gradient
        self.place = {"stride": stride, "padding": padding, "dilation": dilation}

    def forward(self, x, training=False):
        """Return z (n, n_out, h_out, w_out) of x (n, n_in, h, w)."""
        x, w, b = np.asarray(x), self.params["w"], self.params["b"]
        if x.ndim != 4 or x.shape[1] != w.shape[1]:
            raise ValueError(f"expected x of shape (n, {w.shape[1]}, h, w), got {x.shape}")
        self._shape = x.shape
        self._columns = im2col(x, self.kernel, **self.place)  # (n h_out w_out, n_in k k)
        z = self._columns @ w.reshape(len(w), -1).T + b  # (n h_out w_out, n_out)
        h, w = (output_size(size, self.kernel, **self.place) for size in x.shape[2:])
        return z.reshape(len(x), h, w, -1).transpose(0, 3, 1, 2)  # channels first again

    def backward(self, dz):
        """Keep dL/dw and dL/db, return dL/dx, from dz (n, n_out, h_out, w_out)."""
        w = self.params["w"]
        rows = dz.transpose(0, 2, 3, 1).reshape(-1, len(w))  # (n h_out w_out, n_out)
        self.grads = {
            "w": (rows.T @ self._columns).reshape(w.shape),  # the dense layer's, a row a place
            "b": rows.sum(axis=0),
        }
        if not self.input_gradient:
            return None
        columns = rows @ w.reshape(len(w), -1)  # (n h_out w_out, n_in k k)
        return col2im(columns, self._shape, self.kernel, **self.place)


class _Pool2D:
    """Windows of one channel at a time; what is taken from each is the subclass's matter."""

    def __init__(self, kernel, *, stride=None, padding=0):
        if not 0 <= 2 * padding <= kernel:
            raise ValueError(f"expected padding from 0 to half of {kernel}, got {padding}")
        self.kernel, self.params, self.grads = kernel, {}, {}
        self.place = {"stride": stride or kernel, "padding": padding}

    def _patches(self, x, fill):
        self._shape = np.shape(x)
        patches = windows(x, self.kernel, fill=fill, **self.place)
        return patches.reshape(*patches.shape[:4], -1)  # (n, c, h_out, w_out, k k)

    def _spread(self, parts):
        n, c = self._shape[:2]
        one = (n * c, 1, *self._shape[2:])  # each channel is a picture of its own
        parts = parts.reshape(-1, self.kernel**2)
        return col2im(parts, one, self.kernel, **self.place).reshape(self._shape)


class MaxPool2D(_Pool2D):
    """The largest number of each k × k patch, channel by channel.

    Parameters
    ----------
    kernel : int ≥ 1
    stride : int ≥ 1, optional
        By default the kernel: patches side by side. A rest at the lower and right edge is left out.
    padding : int ≥ 0
        Of −∞, at most half the kernel.

    Attributes
    ----------
    params, grads : dict
        Empty.

    Raises
    ------
    ValueError
        If the padding is larger, or (in forward) x not (n, c, h, w), or too small.

    References
    ----------
    Book equation eq-conv-maxpool. Among equal largest numbers the first in reading order gets the
    gradient, as in PyTorch.

    Examples
    --------
    >>> pool = MaxPool2D(2)
    >>> pool.forward(np.array([[[[1.0, 3.0], [3.0, 2.0]]]]))
    array([[[[3.]]]])
    >>> pool.backward(np.array([[[[5.0]]]]))[0, 0]
    array([[0., 5.],
           [0., 0.]])
    """

    def forward(self, x, training=False):
        """Return the maxima (n, c, h_out, w_out) of x (n, c, h, w)."""
        patches = self._patches(x, -np.inf)
        self._best = patches.argmax(axis=-1)[..., None]  # the first of equals
        return np.take_along_axis(patches, self._best, axis=-1)[..., 0]

    def backward(self, dy):
        """Return dL/dx, from dy (n, c, h_out, w_out): all of it goes to the maximum."""
        parts = np.zeros((*dy.shape, self.kernel**2), dy.dtype)
        np.put_along_axis(parts, self._best, dy[..., None], axis=-1)
        return self._spread(parts)


class AvgPool2D(_Pool2D):
    """The mean of each k × k patch, channel by channel.

    Parameters
    ----------
    kernel : int ≥ 1
    stride : int ≥ 1, optional
        By default the kernel.
    padding : int ≥ 0
        Of zeros that count in the mean, as in PyTorch; at most half the kernel.

    Attributes
    ----------
    params, grads : dict
        Empty.

    Raises
    ------
    ValueError
        If the padding is larger, or (in forward) x not (n, c, h, w), or too small.

    References
    ----------
    Book equation eq-conv-avgpool.

    Examples
    --------
    >>> pool = AvgPool2D(2)
    >>> pool.forward(np.array([[[[1.0, 3.0], [3.0, 2.0]]]]))
    array([[[[2.25]]]])
    >>> pool.backward(np.array([[[[4.0]]]]))[0, 0]
    array([[1., 1.],
           [1., 1.]])
    """

    def forward(self, x, training=False):
        """Return the means (n, c, h_out, w_out) of x (n, c, h, w)."""
        return self._patches(x, 0.0).mean(axis=-1)

    def backward(self, dy):
        """Return dL/dx, from dy (n, c, h_out, w_out): each pixel of a patch gets its share."""
        share = (dy / self.kernel**2)[..., None]
        return self._spread(np.broadcast_to(share, (*dy.shape, self.kernel**2)))


class Flatten:
    """Rows from pictures: (n, c, h, w) becomes (n, c · h · w), one channel after the other.

    Keras flattens (n, h, w, c), so its rows hold the same numbers in another order.

    Attributes
    ----------
    params, grads : dict
        Empty.

    Examples
    --------
    >>> layer = Flatten()
    >>> layer.forward(np.zeros((5, 2, 3, 3))).shape, layer.backward(np.zeros((5, 18))).shape
    ((5, 18), (5, 2, 3, 3))
    """

    def __init__(self):
        self.params, self.grads = {}, {}

    def forward(self, x, training=False):
        """Return x (n, …) with one row for each example."""
        self._shape = np.shape(x)
        return np.reshape(x, (len(x), -1))

    def backward(self, dy):
        """Return dy in the shape of x."""
        return dy.reshape(self._shape)
