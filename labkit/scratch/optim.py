"""Optimisers: what to do with a gradient."""


class SGD:
    """Gradient descent, w ← w − learning_rate · dL/dw; on mini-batches it is stochastic.

    With momentum it steps along v ← momentum · v + dL/dw instead, which starts at 0: a sum of all
    gradients so far, older ones fading. A steady gradient is then worth 1 / (1 − momentum) steps.

    Parameters
    ----------
    learning_rate : float ≥ 0
        Step; 0 leaves the parameters as they are. It may be changed between steps.
    momentum : float in [0, 1)
        Share of v that stays from step to step.

    Attributes
    ----------
    velocity : dict
        The v of each parameter, after the first step with momentum.

    Raises
    ------
    ValueError
        If the learning rate is negative, infinite or NaN, or momentum not in [0, 1).

    References
    ----------
    Book equation eq-logistic-update. Polyak (1964), "Some methods of speeding up the convergence of
    iteration methods".

    Examples
    --------
    >>> import numpy as np
    >>> params = {"w": np.array([1.0, 2.0])}
    >>> SGD(0.5).step(params, {"w": np.array([2.0, 0.0])})
    >>> params["w"]
    array([0., 2.])
    """

    def __init__(self, learning_rate: float, momentum: float = 0.0):
        if not 0 <= learning_rate < float("inf"):
            raise ValueError(f"expected a finite learning_rate >= 0, got {learning_rate}")
        if not 0 <= momentum < 1:
            raise ValueError(f"expected momentum in [0, 1), got {momentum}")
        self.learning_rate, self.momentum, self.velocity = learning_rate, momentum, {}

    def step(self, params: dict, grads: dict) -> None:
        """Change each array of `params` in place by the gradient of the same name in `grads`."""
        if params.keys() != grads.keys():
            raise ValueError(
                f"expected a gradient for each of {sorted(params)}, got {sorted(grads)}; "
                "call model.backward before the step"
            )
        for name, step in grads.items():
            if self.momentum:
                step = self.velocity[name] = self.momentum * self.velocity.get(name, 0.0) + step
            params[name] -= self.learning_rate * step
