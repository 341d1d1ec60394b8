"""Values and gradients are PyTorch's, in float64, to 1e-10."""

import numpy as np
import pytest

from labkit.scratch import activations, losses
from labkit.scratch.perceptron import LogisticNeuron

pytestmark = pytest.mark.torch


def leaf(array):
    import torch

    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("name", ["Linear", "Sigmoid", "Tanh", "ReLU", "Softmax"])
def test_an_activation_and_its_gradient_are_those_of_torch(name):
    import torch

    theirs = {"Linear": torch.nn.Identity(), "Softmax": torch.nn.Softmax(dim=-1)}
    rng = np.random.default_rng(0)
    z, da = rng.normal(size=(7, 5), scale=5), rng.normal(size=(7, 5))
    ours, z_torch = getattr(activations, name), leaf(z)
    a = (theirs.get(name) or getattr(torch.nn, name)())(z_torch)
    a.backward(torch.tensor(da))
    assert np.abs(ours.forward(z) - a.detach().numpy()).max() < 1e-10
    assert np.abs(ours.backward(z, da) - z_torch.grad.numpy()).max() < 1e-10


@pytest.mark.parametrize(
    ("name", "theirs", "targets"),
    [
        ("MSE", "MSELoss", "values"),
        ("BinaryCrossEntropy", "BCELoss", "binary"),
        ("BinaryCrossEntropyWithLogits", "BCEWithLogitsLoss", "binary"),
        ("SoftmaxCrossEntropy", "CrossEntropyLoss", "labels"),
        ("SoftmaxCrossEntropy", "CrossEntropyLoss", "one-hot"),
    ],
)
def test_a_loss_and_its_gradient_are_those_of_torch(name, theirs, targets):
    import torch

    rng = np.random.default_rng(1)
    y_pred = rng.normal(size=(7, 5), scale=5)
    if name == "BinaryCrossEntropy":
        y_pred = activations.Sigmoid.forward(y_pred)
        y_pred[0, :2] = 0, 1  # the ends, where the logarithm has its limit
    y = {
        "values": rng.normal(size=(7, 5)),
        "binary": rng.integers(2, size=(7, 5)).astype(np.float64),
        "labels": rng.integers(5, size=7),
        "one-hot": np.eye(5)[rng.integers(5, size=7)],
    }[targets]
    ours, y_torch = getattr(losses, name), leaf(y_pred)
    loss = getattr(torch.nn, theirs)()(y_torch, torch.tensor(y))
    loss.backward()
    assert abs(ours.forward(y_pred, y) - loss.item()) < 1e-10
    # At p = 0 and 1 torch limits the gradient by a constant in single precision.
    inside = slice(1, None) if name == "BinaryCrossEntropy" else slice(None)
    gradient = y_torch.grad.numpy()[inside]
    assert np.allclose(ours.backward(y_pred, y)[inside], gradient, rtol=1e-10, atol=1e-10)


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
