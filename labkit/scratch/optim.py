"""Optimisers: what to do with a gradient."""


class SGD:
    """Gradient descent, w ← w − learning_rate · dL/dw; on mini-batches it is stochastic.

    Parameters
    ----------
    learning_rate : float ≥ 0
        Step; 0 leaves the parameters as they are.

    Raises
    ------
    ValueError
        If the learning rate is negative, infinite or NaN.

    References
    ----------
    Book equation eq-logistic-update.

    Examples
    --------
    >>> import numpy as np
    >>> params = {"w": np.array([1.0, 2.0])}
    >>> SGD(0.5).step(params, {"w": np.array([2.0, 0.0])})
    >>> params["w"]
    array([0., 2.])
    """

    def __init__(self, learning_rate: float):
        if not 0 <= learning_rate < float("inf"):
            raise ValueError(f"expected a finite learning_rate >= 0, got {learning_rate}")
        self.learning_rate = learning_rate

    def step(self, params: dict, grads: dict) -> None:
        """Change each array of `params` in place by the gradient of the same name in `grads`."""
        if params.keys() != grads.keys():
            raise ValueError(
                f"expected a gradient for each of {sorted(params)}, got {sorted(grads)}; "
                "call model.backward before the step"
            )
        for name in params:
            params[name] -= self.learning_rate * grads[name]
