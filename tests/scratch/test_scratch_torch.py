"""Values and gradients are PyTorch's, in float64, to 1e-10."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.scratch import activations, losses
from labkit.scratch.layers import Activation, Dense, Sequential
from labkit.scratch.optim import SGD
from labkit.scratch.perceptron import LogisticNeuron

pytestmark = pytest.mark.torch

SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 6))


def leaf(array):
    import torch

    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def close(ours, theirs):
    """Compare an array with a tensor."""
    return np.allclose(ours, theirs.detach().numpy(), rtol=1e-10, atol=1e-10)


def torch_activations():
    import torch
    from torch import nn

    return {
        "Step": lambda z: torch.heaviside(z.detach(), torch.ones_like(z)) + 0 * z,
        "Sign": torch.sign,
        "Linear": nn.Identity(),
        "PiecewiseLinear": nn.Hardtanh(),
        "Sigmoid": nn.Sigmoid(),
        "Tanh": nn.Tanh(),
        "ReLU": nn.ReLU(),
        "LeakyReLU": nn.LeakyReLU(),
        "ELU": nn.ELU(),
        "Softplus": nn.Softplus(threshold=1000),  # beyond its threshold torch returns z
        "Softmax": nn.Softmax(dim=-1),
    }


def test_every_activation_is_compared():
    ours = {name for name, value in vars(activations).items() if isinstance(value, type)}
    assert ours == torch_activations().keys()


@pytest.mark.parametrize("name", [k for k, v in vars(activations).items() if isinstance(v, type)])
@settings(max_examples=25)
@given(seed=SEEDS, shape=SHAPES)
def test_an_activation_and_its_gradient_are_those_of_torch(name, seed, shape):
    import torch

    rng = np.random.default_rng(seed)
    z, da = rng.normal(size=shape, scale=5), rng.normal(size=shape)
    ours, z_torch = getattr(activations, name), leaf(z)
    a = torch_activations()[name](z_torch)
    a.backward(torch.tensor(da))
    assert close(ours.forward(z), a)
    assert close(ours.backward(z, da), z_torch.grad)


def torch_losses():
    """Return for each case our loss, torch's, and what the targets are."""
    from torch import nn
    from torch.nn import functional as F

    def pseudo_huber(y_pred, y):
        return (9 * ((1 + ((y_pred - y) / 3) ** 2) ** 0.5 - 1)).mean()

    def hinge(z, y):
        return F.hinge_embedding_loss(y * z, -y.new_ones(y.shape))

    def kl_divergence(p, y):
        return F.kl_div(p.log(), y, reduction="batchmean")

    poisson = nn.PoissonNLLLoss(log_input=True, full=False)
    return {
        "mae": (losses.MAE, nn.L1Loss(), "values"),
        "mse": (losses.MSE, nn.MSELoss(), "values"),
        "huber": (losses.Huber(3.0), nn.HuberLoss(delta=3.0), "values"),
        "pseudo-huber": (losses.PseudoHuber(3.0), pseudo_huber, "values"),
        "hinge": (losses.Hinge, hinge, "signs"),
        "binary": (losses.BinaryCrossEntropy, nn.BCELoss(), "binary"),
        "logits": (losses.BinaryCrossEntropyWithLogits, nn.BCEWithLogitsLoss(), "binary"),
        "softmax": (losses.SoftmaxCrossEntropy, nn.CrossEntropyLoss(), "labels"),
        "one-hot": (losses.SoftmaxCrossEntropy, nn.CrossEntropyLoss(), "rows"),
        "kl": (losses.KLDivergence, kl_divergence, "rows"),
        "poisson": (losses.PoissonWithLogRate, poisson, "counts"),
    }


CASES = ["mae", "mse", "huber", "pseudo-huber", "hinge", "binary", "logits", "softmax", "one-hot"]
CASES += ["kl", "poisson"]


def test_every_loss_is_compared():
    assert list(torch_losses()) == CASES
    names = {name for name, value in vars(losses).items() if isinstance(value, type)}
    compared = {
        getattr(ours, "__name__", type(ours).__name__) for ours, *_ in torch_losses().values()
    }
    assert names - {"Sigmoid", "Softmax"} == compared


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=25)
@given(seed=SEEDS, shape=SHAPES)
def test_a_loss_and_its_gradient_are_those_of_torch(case, seed, shape):
    import torch

    ours, theirs, kind = torch_losses()[case]
    rng = np.random.default_rng(seed)
    n, k = shape
    y_pred = rng.normal(size=shape, scale=5)
    if case in ("binary", "kl"):
        y_pred = activations.Sigmoid.forward(y_pred)
    y = {
        "values": rng.normal(size=shape),
        "signs": rng.choice([-1.0, 1.0], shape),
        "binary": rng.integers(2, size=shape).astype(np.float64),
        "labels": rng.integers(k, size=n),
        "rows": np.eye(k)[rng.integers(k, size=n)]
        if case == "one-hot"
        else rng.dirichlet(np.ones(k), n),
        "counts": rng.poisson(3, shape).astype(np.float64),
    }[kind]
    y_torch = leaf(y_pred)
    loss = theirs(y_torch, torch.tensor(y))
    loss.backward()
    assert ours.forward(y_pred, y) == pytest.approx(loss.item(), rel=1e-10, abs=1e-10)
    assert close(ours.backward(y_pred, y), y_torch.grad)


def test_binary_cross_entropy_at_probability_0_and_1_is_that_of_torch():
    import torch

    p, y = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0])
    theirs = torch.nn.BCELoss()(torch.tensor(p), torch.tensor(y)).item()
    assert losses.BinaryCrossEntropy.forward(p, y) == theirs == 50


@settings(max_examples=25)
@given(seed=SEEDS, sizes=st.lists(st.integers(1, 6), min_size=4, max_size=4))
def test_a_net_its_gradients_and_its_steps_with_momentum_are_those_of_torch(seed, sizes):
    import torch

    rng = np.random.default_rng(seed)
    n, d, h, k = sizes
    first, last = Dense(d, h, rng=rng), Dense(h, k, rng=rng, init="he")
    net = Sequential([first, Activation(activations.Tanh), last])
    theirs = torch.nn.Sequential(torch.nn.Linear(d, h), torch.nn.Tanh(), torch.nn.Linear(h, k))
    theirs.double()
    with torch.no_grad():
        for layer, twin in ((first, theirs[0]), (last, theirs[2])):
            layer.params["b"][:] = rng.normal(size=len(layer.params["b"]))
            twin.weight[:] = torch.tensor(layer.params["w"].T)
            twin.bias[:] = torch.tensor(layer.params["b"])
    x, y = rng.normal(size=(n, d)), rng.integers(k, size=n)
    optimizer = SGD(0.3, momentum=0.9)
    their_optimizer = torch.optim.SGD(theirs.parameters(), lr=0.3, momentum=0.9)
    for _ in range(3):
        logits, x_torch = net.forward(x, training=True), leaf(x)
        their_logits = theirs(x_torch)
        dx = net.backward(losses.SoftmaxCrossEntropy.backward(logits, y))
        their_optimizer.zero_grad()
        torch.nn.functional.cross_entropy(their_logits, torch.tensor(y)).backward()
        assert close(logits, their_logits)
        assert close(dx, x_torch.grad)
        for layer, twin in ((first, theirs[0]), (last, theirs[2])):
            assert close(layer.grads["w"].T, twin.weight.grad)
            assert close(layer.grads["b"], twin.bias.grad)
        optimizer.step(net.params, net.grads)
        their_optimizer.step()
    assert close(last.params["w"].T, theirs[2].weight)


def test_a_logistic_neuron_and_its_gradients_are_those_of_torch():
    import torch

    rng = np.random.default_rng(2)
    x, y, w = rng.normal(size=(9, 4)), rng.integers(2, size=9), rng.normal(size=4)
    neuron, layer = LogisticNeuron(w, 0.3), torch.nn.Linear(4, 1).double()
    with torch.no_grad():
        layer.weight[:] = torch.tensor(w)
        layer.bias[:] = 0.3
    x_torch = leaf(x)
    z = layer(x_torch)[:, 0]
    torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(y).double()).backward()
    loss_fn = losses.BinaryCrossEntropyWithLogits
    dx = neuron.backward(loss_fn.backward(neuron.forward(x), y))
    assert np.abs(neuron.forward(x) - z.detach().numpy()).max() < 1e-10
    assert np.abs(neuron.grads["w"] - layer.weight.grad.numpy()[0]).max() < 1e-10
    assert np.abs(neuron.grads["b"] - layer.bias.grad.numpy()[0]).max() < 1e-10
    assert np.abs(dx - x_torch.grad.numpy()).max() < 1e-10
