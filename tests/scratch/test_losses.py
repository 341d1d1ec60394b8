"""Each loss is a mean over rows, its gradient is that of its value, and it refuses nonsense."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch.activations import Sigmoid, Softmax
from labkit.scratch.losses import (
    MSE,
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    SoftmaxCrossEntropy,
)

SEEDS = st.integers(0, 2**32 - 1)


def case(loss_fn, seed, n=5, k=3):
    """Return predictions and targets that the loss takes."""
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(n, k)), rng.integers(2, size=(n, k))
    if loss_fn is MSE:
        return z, rng.normal(size=(n, k))
    if loss_fn is BinaryCrossEntropy:
        return rng.uniform(0.05, 0.95, (n, k)), y
    if loss_fn is SoftmaxCrossEntropy:
        return z, rng.integers(k, size=n)
    return z, y


LOSSES = (MSE, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, SoftmaxCrossEntropy)


@pytest.mark.parametrize("loss_fn", LOSSES)
@given(seed=SEEDS)
def test_backward_is_the_gradient_of_forward(loss_fn, seed):
    y_pred, y = case(loss_fn, seed)
    gradient = loss_fn.backward(y_pred, y)
    check_gradient(lambda y_pred: loss_fn.forward(y_pred, y), gradient, y_pred)


@pytest.mark.parametrize("loss_fn", LOSSES)
@given(seed=SEEDS)
def test_a_loss_is_the_mean_of_the_losses_of_its_rows(loss_fn, seed):
    y_pred, y = case(loss_fn, seed)
    alone = [loss_fn.forward(y_pred[i : i + 1], y[i : i + 1]) for i in range(len(y))]
    assert loss_fn.forward(y_pred, y) == pytest.approx(np.mean(alone))
    gradients = [loss_fn.backward(y_pred[i : i + 1], y[i : i + 1])[0] for i in range(len(y))]
    assert np.allclose(loss_fn.backward(y_pred, y), np.array(gradients) / len(y))


@given(SEEDS)
def test_binary_cross_entropy_is_the_same_from_logits_and_from_probabilities(seed):
    z, y = case(BinaryCrossEntropyWithLogits, seed)
    p = Sigmoid.forward(z)
    assert BinaryCrossEntropyWithLogits.forward(z, y) == pytest.approx(
        BinaryCrossEntropy.forward(p, y)
    )
    through_p = Sigmoid.backward(z, BinaryCrossEntropy.backward(p, y))
    assert np.allclose(BinaryCrossEntropyWithLogits.backward(z, y), through_p, rtol=1e-10)


@given(SEEDS)
def test_softmax_cross_entropy_takes_labels_or_one_hot_rows(seed):
    z, y = case(SoftmaxCrossEntropy, seed)
    by_hand = -np.log(Softmax.forward(z)[np.arange(len(y)), y]).mean()
    assert SoftmaxCrossEntropy.forward(z, y) == pytest.approx(by_hand)
    assert SoftmaxCrossEntropy.forward(z, np.eye(3)[y]) == pytest.approx(by_hand)
    assert np.allclose(
        SoftmaxCrossEntropy.backward(z, y), SoftmaxCrossEntropy.backward(z, np.eye(3)[y])
    )


def test_softmax_cross_entropy_takes_sequences():
    z = np.random.default_rng(0).normal(size=(2, 4, 3))
    y = np.array([[0, 1, 2, 0], [2, 2, 1, 0]])
    flat = SoftmaxCrossEntropy.forward(z.reshape(8, 3), y.ravel())
    assert SoftmaxCrossEntropy.forward(z, y) == pytest.approx(flat)
    check_gradient(
        lambda z: SoftmaxCrossEntropy.forward(z, y), SoftmaxCrossEntropy.backward(z, y), z
    )


def test_losses_are_finite_for_hopeless_and_perfect_predictions():
    with np.errstate(over="raise", invalid="raise"):
        assert BinaryCrossEntropyWithLogits.forward(np.array([1e4]), np.array([0])) == 1e4
        assert BinaryCrossEntropyWithLogits.forward(np.array([1e4]), np.array([1])) == 0
        assert SoftmaxCrossEntropy.forward(np.array([[1e4, -1e4]]), np.array([1])) == 2e4
        assert BinaryCrossEntropy.forward(np.array([1.0, 0.0]), np.array([0, 0])) == 50
        assert np.isfinite(
            BinaryCrossEntropy.backward(np.array([1.0, 0.0]), np.array([0, 0]))
        ).all()


@pytest.mark.parametrize("loss_fn", LOSSES)
@pytest.mark.parametrize("method", ["forward", "backward"])
def test_losses_refuse_shapes_that_would_broadcast(loss_fn, method):
    with pytest.raises(ValueError, match=r"got \(3, 1\) and \(3,\)"):
        getattr(loss_fn, method)(np.zeros(3), np.ones((3, 1)))


@pytest.mark.parametrize("loss_fn", [BinaryCrossEntropy, BinaryCrossEntropyWithLogits])
@pytest.mark.parametrize("label", [-1, 2, np.nan])
def test_binary_losses_refuse_labels_other_than_0_to_1(loss_fn, label):
    for method in (loss_fn.forward, loss_fn.backward):
        with pytest.raises(ValueError, match=rf"labels in \[0, 1\], got {label}"):
            method(np.array([0.5, 0.5]), np.array([1, label]))


def test_binary_cross_entropy_refuses_logits():
    with pytest.raises(ValueError, match=r"got 3; for logits use BinaryCrossEntropyWithLogits"):
        BinaryCrossEntropy.forward(np.array([0.5, 3.0]), np.array([1, 1]))


@pytest.mark.parametrize("label", [-1, 3])
def test_softmax_cross_entropy_refuses_a_label_out_of_range(label):
    for method in (SoftmaxCrossEntropy.forward, SoftmaxCrossEntropy.backward):
        with pytest.raises(ValueError, match=rf"labels 0 … 2, got {label}"):
            method(np.zeros((2, 3)), np.array([0, label]))


def test_softmax_cross_entropy_refuses_rows_that_are_not_one_hot():
    with pytest.raises(ValueError, match="sum to 1"):
        SoftmaxCrossEntropy.forward(np.zeros((1, 3)), np.array([[1, 1, 0]]))
