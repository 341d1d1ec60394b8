"""Activation functions: what a neuron does to its weighted sum z, and how gradients pass back.

Each class has two static methods, and no state:

- ``forward(z)``, with z an ndarray of any shape, float, returns a = g(z), an ndarray like z;
- ``backward(z, da)``, with da = dL/da an ndarray like z, returns dL/dz = dL/da · g'(z), the same.

`Softmax` works along the last axis; the others entry by entry. `Step` and `Sign` have a jump, where
they have no derivative, and the derivative 0 everywhere else: nothing can be learned through them.
"""

import numpy as np


class Step:
    """The threshold of the first artificial neurons: 1 where z ≥ 0, else 0.

    References
    ----------
    McCulloch and Pitts (1943), "A logical calculus of the ideas immanent in nervous activity".

    Examples
    --------
    >>> Step.forward(np.array([-1.0, 0.0, 2.0]))
    array([0., 1., 1.])
    """

    @staticmethod
    def forward(z):
        """Return 1 where z ≥ 0, else 0, as floats of the type of z."""
        return np.heaviside(z, 1)

    @staticmethod
    def backward(z, da):
        """Return zeros: the derivative wherever there is one, and by convention at the jump."""
        return np.zeros_like(da)


class Sign:
    """The sign of z: −1, 0 or 1.

    Examples
    --------
    >>> Sign.forward(np.array([-0.5, 0.0, 2.0]))
    array([-1.,  0.,  1.])
    """

    @staticmethod
    def forward(z):
        """Return −1 where z < 0, 0 at 0 and 1 where z > 0."""
        return np.sign(z)

    @staticmethod
    def backward(z, da):
        """Return zeros: the derivative wherever there is one, and by convention at the jump."""
        return np.zeros_like(da)


class Linear:
    """The identity, g(z) = z: the output of a regression.

    Examples
    --------
    >>> Linear.forward(np.array([-1.0, 2.0]))
    array([-1.,  2.])
    """

    @staticmethod
    def forward(z):
        """Return z."""
        return z

    @staticmethod
    def backward(z, da):
        """Return dL/dz = dL/da."""
        return da


class PiecewiseLinear:
    """A ramp with two flat ends: z, cut off below −1 and above 1 (a hard tanh).

    At the two corners its gradient is taken as 0.

    Examples
    --------
    >>> PiecewiseLinear.forward(np.array([-3.0, 0.5, 3.0]))
    array([-1. ,  0.5,  1. ])
    """

    @staticmethod
    def forward(z):
        """Return max(−1, min(z, 1))."""
        return np.clip(z, -1, 1)

    @staticmethod
    def backward(z, da):
        """Return dL/dz: dL/da where −1 < z < 1, else 0."""
        return da * (np.abs(z) < 1)


class Sigmoid:
    """The logistic function σ(z) = 1 / (1 + e^−z), from a logit to a probability in (0, 1).

    References
    ----------
    Book equation eq-logistic-p.

    Examples
    --------
    >>> Sigmoid.forward(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """

    @staticmethod
    def forward(z):
        """Return σ(z)."""
        e = np.exp(-np.abs(z))  # in (0, 1]: it can't overflow, which e^−z does at z = −1000
        return np.where(np.asarray(z) >= 0, 1.0, e) / (1.0 + e)

    @staticmethod
    def backward(z, da):
        """Return dL/dz = dL/da · σ(z) σ(−z), where σ(−z) is 1 − σ(z) without cancellation."""
        return da * Sigmoid.forward(z) * Sigmoid.forward(-z)


class Tanh:
    """The hyperbolic tangent, in (−1, 1): a sigmoid with mean 0.

    Examples
    --------
    >>> Tanh.backward(np.array([0.0]), np.array([3.0]))
    array([3.])
    """

    @staticmethod
    def forward(z):
        """Return tanh(z)."""
        return np.tanh(z)

    @staticmethod
    def backward(z, da):
        """Return dL/dz = dL/da · (1 − tanh²(z))."""
        return da * (1.0 - np.tanh(z) ** 2)


class ReLU:
    """The rectified linear unit, max(0, z); at z = 0 its gradient is taken as 0.

    References
    ----------
    Nair and Hinton (2010), "Rectified linear units improve restricted Boltzmann machines", ICML.

    Examples
    --------
    >>> ReLU.forward(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    @staticmethod
    def forward(z):
        """Return max(0, z)."""
        return np.maximum(z, 0.0)

    @staticmethod
    def backward(z, da):
        """Return dL/dz: dL/da where z > 0, else 0."""
        return da * (z > 0)


class LeakyReLU:
    """A ReLU whose units can't die: z where z > 0, else 0.01 z.

    References
    ----------
    Maas, Hannun and Ng (2013), "Rectifier nonlinearities improve neural network acoustic models".

    Examples
    --------
    >>> LeakyReLU.forward(np.array([-1.0, 2.0]))
    array([-0.01,  2.  ])
    """

    @staticmethod
    def forward(z):
        """Return z where z > 0, else 0.01 z."""
        return np.maximum(z, 0.01 * z)

    @staticmethod
    def backward(z, da):
        """Return dL/dz: dL/da where z > 0, else 0.01 dL/da."""
        return np.where(z > 0, da, 0.01 * da)


class ELU:
    """The exponential linear unit: z where z > 0, else e^z − 1, smooth at 0.

    References
    ----------
    Clevert, Unterthiner and Hochreiter (2016), "Fast and accurate deep network learning by
    exponential linear units (ELUs)", ICLR.

    Examples
    --------
    >>> ELU.forward(np.array([-1000.0, 2.0]))
    array([-1.,  2.])
    """

    @staticmethod
    def forward(z):
        """Return z where z > 0, else e^z − 1."""
        return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))  # min: e^1000 would overflow

    @staticmethod
    def backward(z, da):
        """Return dL/dz = dL/da · min(1, e^z)."""
        return da * np.exp(np.minimum(z, 0))


class Softplus:
    """A smooth ReLU, log(1 + e^z), always positive; its derivative is the sigmoid.

    Examples
    --------
    >>> Softplus.forward(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """

    @staticmethod
    def forward(z):
        """Return log(1 + e^z)."""
        return np.logaddexp(0, z)  # e^1000 would overflow

    @staticmethod
    def backward(z, da):
        """Return dL/dz = dL/da · σ(z)."""
        return da * Sigmoid.forward(z)


class Softmax:
    """Softmax over the last axis: k logits become k probabilities with sum 1.

    Examples
    --------
    >>> Softmax.forward(np.array([[1000.0, 1000.0], [0.0, -1000.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """

    @staticmethod
    def forward(z):
        """Return e^z / Σ e^z; z of shape (..., k)."""
        e = np.exp(z - np.max(z, axis=-1, keepdims=True))  # the shift cancels, and can't overflow
        return e / e.sum(axis=-1, keepdims=True)

    @staticmethod
    def backward(z, da):
        """Return dL/dz_i = a_i (dL/da_i − Σ_j dL/da_j a_j); z and da of shape (..., k)."""
        a = Softmax.forward(z)
        return a * (da - (da * a).sum(axis=-1, keepdims=True))
