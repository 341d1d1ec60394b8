"""Optimisers: what to do with a gradient.

Each keeps what it needs of the gradients so far, a running sum or mean for each parameter, and
turns the new gradient g into a direction; the parameter then moves by −learning_rate · direction.
The letters are those of the chapter on optimisers: m for means of g, s for means of g².

With the same constants every class here takes the steps of PyTorch's. The constants that are not
given are PyTorch's too, except where the docstring says otherwise; Keras's differ, and the
docstrings say where.
"""

import numpy as np


class _Optimizer:
    """A rate that may be changed between steps, a count of steps, and the step itself."""

    def __init__(self, learning_rate, **shares):
        if not 0 <= learning_rate < float("inf"):
            raise ValueError(f"expected a finite learning_rate >= 0, got {learning_rate}")
        for name, share in shares.items():
            if not 0 <= share < 1:
                raise ValueError(f"expected {name} in [0, 1), got {share}")
        self.learning_rate, self.t = learning_rate, 0

    def step(self, params: dict, grads: dict) -> None:
        """Change each array of `params` in place by the gradient of the same name in `grads`."""
        if params.keys() != grads.keys():
            raise ValueError(
                f"expected a gradient for each of {sorted(params)}, got {sorted(grads)}; "
                "call model.backward before the step"
            )
        self.t += 1
        for name, g in grads.items():
            params[name] -= self.learning_rate * self._direction(name, g, params[name])


class SGD(_Optimizer):
    """Gradient descent, w ← w − learning_rate · dL/dw; on mini-batches it is stochastic.

    With momentum it steps along m ← momentum · m + dL/dw instead, which starts at 0: a sum of all
    gradients so far, older ones fading. A steady gradient is then worth 1 / (1 − momentum) steps.
    Nesterov's form steps along dL/dw + momentum · m, with the m just computed.

    Parameters
    ----------
    learning_rate : float ≥ 0
        Step; 0 leaves the parameters as they are. It may be changed between steps.
    momentum : float in [0, 1)
        Share of m that stays from step to step.
    nesterov : bool
        Whether to look ahead; needs momentum.

    Attributes
    ----------
    velocity : dict
        The m of each parameter, after the first step with momentum.

    Raises
    ------
    ValueError
        If the learning rate is negative, infinite or NaN, momentum not in [0, 1), or nesterov is
        asked for without momentum.

    References
    ----------
    Book equations eq-logistic-update, eq-optim-momentum and eq-optim-nesterov. Polyak (1964), "Some
    methods of speeding up the convergence of iteration methods". Keras keeps −learning_rate · m
    instead, which is the same until the rate changes.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"w": np.array([1.0, 2.0])}
    >>> SGD(0.5).step(params, {"w": np.array([2.0, 0.0])})
    >>> params["w"]
    array([0., 2.])
    """

    def __init__(self, learning_rate: float, momentum: float = 0.0, *, nesterov: bool = False):
        super().__init__(learning_rate, momentum=momentum)
        if nesterov and not momentum:
            raise ValueError("expected momentum > 0 with nesterov=True, got 0; try 0.9")
        self.momentum, self.nesterov, self.velocity = momentum, nesterov, {}

    def _direction(self, name, g, w):
        if not self.momentum:
            return g
        m = self.velocity[name] = self.momentum * self.velocity.get(name, 0.0) + g
        return g + self.momentum * m if self.nesterov else m


class Adagrad(_Optimizer):
    """Divide by the root of the sum of all squared gradients so far: steps only get shorter.

    Parameters
    ----------
    learning_rate : float ≥ 0
    initial : float ≥ 0
        The sum's first value. 0, as in PyTorch, makes each first step learning_rate long; Keras
        starts at 0.1, so that gradients far below 0.3 begin with short steps.
    epsilon : float > 0
        Added to the root; Keras adds 1e-7 under it.

    References
    ----------
    Book equation eq-optim-adagrad. Duchi, Hazan and Singer (2011), "Adaptive subgradient methods
    for online learning and stochastic optimization", JMLR 12.

    Examples
    --------
    >>> params, optimizer = {"w": np.zeros(2)}, Adagrad(0.1)
    >>> optimizer.step(params, {"w": np.array([100.0, 0.01])})
    >>> params["w"].round(6)
    array([-0.1, -0.1])
    """

    def __init__(self, learning_rate: float, *, initial: float = 0.0, epsilon: float = 1e-10):
        super().__init__(learning_rate)
        self.initial, self.epsilon, self.s = initial, epsilon, {}

    def _direction(self, name, g, w):
        s = self.s[name] = self.s.get(name, self.initial) + g * g
        return g / (np.sqrt(s) + self.epsilon)


class RMSprop(_Optimizer):
    """Divide by the root of a running mean of squared gradients: steps of about learning_rate.

    Parameters
    ----------
    learning_rate : float ≥ 0
    rho : float in [0, 1)
        Share of the mean that stays. The first step is learning_rate / √(1 − rho) long: 10 rates
        at PyTorch's 0.99, 3.16 at Keras's 0.9.
    epsilon : float > 0
        Added to the root; Keras adds 1e-7 under it, which matters for gradients below 1e-3.

    References
    ----------
    Book equation eq-houses-rmsprop. Tieleman and Hinton (2012), lecture 6.5 of "Neural networks for
    machine learning".

    Examples
    --------
    >>> params, optimizer = {"w": np.zeros(2)}, RMSprop(0.1, rho=0.9)
    >>> optimizer.step(params, {"w": np.array([100.0, 0.01])})
    >>> params["w"].round(4)
    array([-0.3162, -0.3162])
    """

    def __init__(self, learning_rate: float, *, rho: float = 0.99, epsilon: float = 1e-8):
        super().__init__(learning_rate, rho=rho)
        self.rho, self.epsilon, self.s = rho, epsilon, {}

    def _direction(self, name, g, w):
        s = self.s[name] = self.rho * self.s.get(name, 0.0) + (1 - self.rho) * g * g
        return g / (np.sqrt(s) + self.epsilon)


class Adadelta(_Optimizer):
    """RMSprop times the root of a running mean of squared directions: the step finds its own size.

    Parameters
    ----------
    learning_rate : float ≥ 0
        A factor on a step that needs none: 1 in the paper and in PyTorch, 0.001 in Keras.
    rho : float in [0, 1)
        Share of both means that stays; Keras has 0.95.
    epsilon : float > 0
        Under both roots, in Keras (1e-7) as well. It alone decides how long the first steps are.

    References
    ----------
    Book equation eq-optim-adadelta. Zeiler (2012), "ADADELTA: an adaptive learning rate method",
    arXiv:1212.5701.

    Examples
    --------
    >>> params, optimizer = {"w": np.zeros(1)}, Adadelta()
    >>> optimizer.step(params, {"w": np.array([1.0])})
    >>> params["w"].round(5)
    array([-0.00316])
    """

    def __init__(self, learning_rate: float = 1.0, *, rho: float = 0.9, epsilon: float = 1e-6):
        super().__init__(learning_rate, rho=rho)
        self.rho, self.epsilon, self.s, self.u = rho, epsilon, {}, {}

    def _direction(self, name, g, w):
        rho, epsilon, u = self.rho, self.epsilon, self.u.get(name, 0.0)
        s = self.s[name] = rho * self.s.get(name, 0.0) + (1 - rho) * g * g
        direction = np.sqrt(u + epsilon) / np.sqrt(s + epsilon) * g
        self.u[name] = rho * u + (1 - rho) * direction * direction
        return direction


class Adam(_Optimizer):
    """A running mean of gradients over the root of one of squares, both corrected for their start.

    Parameters
    ----------
    learning_rate : float ≥ 0
    beta1, beta2 : float in [0, 1)
        Shares of the mean of gradients and of the mean of squares that stay.
    epsilon : float > 0
        Added to the root of the corrected mean. Keras adds 1e-7 to the root *before* the
        correction, which in the first steps is like a larger epsilon.
    weight_decay : float ≥ 0
        λ. Decays every parameter, as in PyTorch.
    decoupled : bool
        True (AdamW): shrink w by learning_rate · λ · w outside the gradient. False: add λ · w to
        the gradient, which is the L2 penalty ½λ‖w‖² and is divided by the root like the rest.

    References
    ----------
    Book equations eq-optim-adam-means to eq-optim-adam. Kingma and Ba (2015), "Adam: a method for
    stochastic optimization", ICLR. Loshchilov and Hutter (2019), "Decoupled weight decay
    regularization", ICLR.

    Examples
    --------
    >>> params, optimizer = {"w": np.zeros(1)}, Adam(0.1)
    >>> for g in (1.0, 1.0, -1.0):
    ...     optimizer.step(params, {"w": np.array([g])})
    >>> params["w"].round(4)
    array([-0.2262])
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = True,
    ):
        super().__init__(learning_rate, beta1=beta1, beta2=beta2)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon
        self.weight_decay, self.decoupled = weight_decay, decoupled
        self.m, self.s = {}, {}

    def _direction(self, name, g, w):
        if self.weight_decay and not self.decoupled:
            g = g + self.weight_decay * w
        m = self.m[name] = self.beta1 * self.m.get(name, 0.0) + (1 - self.beta1) * g
        s = self.s[name] = self.beta2 * self.s.get(name, 0.0) + (1 - self.beta2) * g * g
        m_hat, s_hat = m / (1 - self.beta1**self.t), s / (1 - self.beta2**self.t)
        direction = m_hat / (np.sqrt(s_hat) + self.epsilon)
        if self.weight_decay and self.decoupled:
            direction = direction + self.weight_decay * w
        return direction


class Nadam(_Optimizer):
    """Adam with Nesterov's look ahead, and a momentum that grows from about beta1 / 2 to beta1.

    Parameters
    ----------
    learning_rate : float ≥ 0
    beta1, beta2 : float in [0, 1)
        As in :class:`Adam`; in step t the momentum is beta1 · (1 − ½ · 0.96^(growth · t)).
    growth : float ≥ 0
        0.004 in the paper and in PyTorch, where the momentum needs thousands of steps; 1 in Keras.
    epsilon : float > 0
        Added to the root of the corrected mean; 1e-7 in Keras.

    References
    ----------
    Book equation eq-optim-nadam. Dozat (2016), "Incorporating Nesterov momentum into Adam", ICLR
    workshop.

    Examples
    --------
    >>> params, optimizer = {"w": np.zeros(1)}, Nadam(0.1, growth=1.0)
    >>> optimizer.step(params, {"w": np.array([5.0])})
    >>> params["w"].round(4)
    array([-0.1063])
    """

    def __init__(
        self,
        learning_rate: float = 0.002,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        growth: float = 0.004,
        epsilon: float = 1e-8,
    ):
        super().__init__(learning_rate, beta1=beta1, beta2=beta2)
        self.beta1, self.beta2, self.growth, self.epsilon = beta1, beta2, growth, epsilon
        self.m, self.s, self.product = {}, {}, 1.0

    def _momentum(self, t):
        return self.beta1 * (1 - 0.5 * 0.96 ** (self.growth * t))

    def step(self, params: dict, grads: dict) -> None:
        """Change each array of `params` in place by the gradient of the same name in `grads`."""
        self.product *= self._momentum(self.t + 1)  # of the momenta so far, once a step
        super().step(params, grads)

    def _direction(self, name, g, w):
        now, following = self._momentum(self.t), self._momentum(self.t + 1)
        m = self.m[name] = self.beta1 * self.m.get(name, 0.0) + (1 - self.beta1) * g
        s = self.s[name] = self.beta2 * self.s.get(name, 0.0) + (1 - self.beta2) * g * g
        ahead = following * m / (1 - self.product * following)
        m_hat = ahead + (1 - now) * g / (1 - self.product)
        return m_hat / (np.sqrt(s / (1 - self.beta2**self.t)) + self.epsilon)
