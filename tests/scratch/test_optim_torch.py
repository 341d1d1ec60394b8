"""With the same constants each optimiser takes PyTorch's steps; each schedule is PyTorch's."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.scratch import optim, schedules

pytestmark = pytest.mark.torch

KERAS = {"epsilon": 1e-7}
# For each case our class and its keywords, PyTorch's class and its keywords; all have the rate 0.1.
CASES = {
    "SGD": ("SGD", {}, "SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}, "SGD", {"momentum": 0.9}),
    "Nesterov": (
        *("SGD", {"momentum": 0.8, "nesterov": True}),
        *("SGD", {"momentum": 0.8, "nesterov": True}),
    ),
    "Adagrad": ("Adagrad", {}, "Adagrad", {}),
    "Adagrad, Keras's constants": (
        *("Adagrad", KERAS | {"initial": 0.1}),
        *("Adagrad", {"initial_accumulator_value": 0.1, "eps": 1e-7}),
    ),
    "RMSprop": ("RMSprop", {}, "RMSprop", {}),
    "RMSprop, Keras's constants": (
        *("RMSprop", KERAS | {"rho": 0.9}),
        *("RMSprop", {"alpha": 0.9, "eps": 1e-7}),
    ),
    "Adadelta": ("Adadelta", {}, "Adadelta", {}),
    "Adadelta, Keras's constants": (
        *("Adadelta", KERAS | {"rho": 0.95}),
        *("Adadelta", {"rho": 0.95, "eps": 1e-7}),
    ),
    "Adam": ("Adam", {}, "Adam", {}),
    "Adam, other constants": (
        *("Adam", {"beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}),
        *("Adam", {"betas": (0.8, 0.9), "eps": 1e-3}),
    ),
    "Adam with L2": (
        *("Adam", {"weight_decay": 0.1, "decoupled": False}),
        *("Adam", {"weight_decay": 0.1}),
    ),
    "AdamW": ("Adam", {"weight_decay": 0.1}, "AdamW", {"weight_decay": 0.1}),
    "Nadam": ("Nadam", {}, "NAdam", {}),
    "Nadam, Keras's constants": (
        *("Nadam", KERAS | {"growth": 1.0}),
        *("NAdam", {"momentum_decay": 1.0, "eps": 1e-7}),
    ),
}


@pytest.fixture
def double():
    """PyTorch keeps Nadam's product of momenta in its default type, usually single precision."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("case", CASES)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    shape=st.lists(st.integers(1, 4), max_size=3),
    size=st.sampled_from([1e-3, 1.0, 1e3]),
)
def test_sixty_steps_are_those_of_torch(case, seed, shape, size):
    import torch

    rng = np.random.default_rng(seed)
    our_class, our_keywords, their_class, their_keywords = CASES[case]
    ours = getattr(optim, our_class)(0.1, **our_keywords)
    params = {"w": rng.standard_normal(shape), "b": rng.standard_normal(3)}
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    theirs = getattr(torch.optim, their_class)(leaves.values(), lr=0.1, **their_keywords)
    for _ in range(60):
        grads = {name: size * rng.standard_normal(w.shape) for name, w in params.items()}
        ours.step(params, grads)
        for name, leaf in leaves.items():
            leaf.grad = torch.tensor(grads[name])
        theirs.step()
        for name, leaf in leaves.items():
            scale = max(1.0, size)  # plain descent goes as far as the gradients are large
            np.testing.assert_allclose(params[name], leaf.detach(), rtol=1e-12, atol=1e-12 * scale)


@pytest.mark.usefixtures("double")
def test_defaults_are_those_of_torch():
    import torch

    leaf = [torch.zeros(1, requires_grad=True)]
    for ours, theirs in (
        (optim.Adadelta(), torch.optim.Adadelta(leaf)),
        (optim.Adam(), torch.optim.Adam(leaf)),
        (optim.Nadam(), torch.optim.NAdam(leaf)),
    ):
        assert ours.learning_rate == theirs.defaults["lr"]
        assert ours.epsilon == theirs.defaults["eps"]


def rates_of(make_scheduler, steps):
    """Return the rates a scheduler of PyTorch sets, from 1.0."""
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler, rates = make_scheduler(optimizer), []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def test_schedules_are_those_of_torch():
    from torch.optim import lr_scheduler as torchs

    pairs = [
        (schedules.step(1.0, every=7, factor=0.3), lambda o: torchs.StepLR(o, 7, 0.3)),
        (schedules.exponential(1.0, factor=0.9), lambda o: torchs.ExponentialLR(o, 0.9)),
        (schedules.cosine(1.0, total=40, end=0.2), lambda o: torchs.CosineAnnealingLR(o, 40, 0.2)),
    ]
    for ours, theirs in pairs:
        np.testing.assert_allclose([ours(t) for t in range(40)], rates_of(theirs, 40), rtol=1e-10)
