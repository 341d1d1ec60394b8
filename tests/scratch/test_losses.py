"""Each loss is a mean over rows, its gradient is that of its value, and it refuses nonsense."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grad import check_gradient
from labkit.scratch.activations import Sigmoid, Softmax
from labkit.scratch.losses import (
    MAE,
    MSE,
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    Hinge,
    Huber,
    KLDivergence,
    PoissonWithLogRate,
    PseudoHuber,
    SoftmaxCrossEntropy,
)

SEEDS = st.integers(0, 2**32 - 1)


def case(loss_fn, seed, n=5, k=3):
    """Return predictions and targets that the loss takes."""
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(n, k)), rng.integers(2, size=(n, k))
    if loss_fn in RESIDUAL:  # 0.01 … 0.99, 2.01 … 2.99 or 4.01 … 4.99, away from every corner
        size = rng.uniform(0.01, 0.99, (n, k)) + 2 * rng.integers(3, size=(n, k))
        return z, z + size * rng.choice([-1, 1], (n, k))
    if loss_fn is Hinge:
        margin = 1 + rng.uniform(0.01, 3, (n, k)) * rng.choice([-1, 1], (n, k))
        return margin * (2 * y - 1), 2 * y - 1
    if loss_fn is KLDivergence:
        return rng.uniform(0.05, 0.95, (n, k)), rng.dirichlet(np.ones(k), n)
    if loss_fn is PoissonWithLogRate:
        return z, rng.poisson(3, (n, k))
    if loss_fn is BinaryCrossEntropy:
        return rng.uniform(0.05, 0.95, (n, k)), y
    if loss_fn is SoftmaxCrossEntropy:
        return z, rng.integers(k, size=n)
    return z, y


RESIDUAL = (MAE, MSE, *(kind(d) for kind in (Huber, PseudoHuber) for d in (1.0, 2.0, 4.0)))
CLASSES = (BinaryCrossEntropy, BinaryCrossEntropyWithLogits, SoftmaxCrossEntropy, KLDivergence)
LOSSES = (*RESIDUAL, Hinge, *CLASSES, PoissonWithLogRate)


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


@pytest.mark.parametrize("loss_fn", LOSSES)
def test_the_gradient_for_float32_predictions_is_float32(loss_fn):
    y_pred, y = case(loss_fn, 0)
    y = y.astype(np.float32) if y.dtype.kind == "f" else y
    assert loss_fn.backward(y_pred.astype(np.float32), y).dtype == np.float32
    assert type(loss_fn.forward(y_pred.astype(np.float32), y)) is float


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


@given(SEEDS, st.floats(0.01, 100))
def test_huber_is_quadratic_up_to_delta_linear_beyond_and_smooth_between(seed, delta):
    rng = np.random.default_rng(seed)
    small = rng.uniform(-delta, delta, 3)
    assert Huber(delta).forward(small, np.zeros(3)) == pytest.approx(np.mean(small**2) / 2)
    ends = np.array([[delta], [2 * delta], [3 * delta]])
    values = [Huber(delta).forward(end, np.zeros(1)) / delta**2 for end in ends]
    assert values == pytest.approx([0.5, 1.5, 2.5])
    slopes = [Huber(delta).backward(end, np.zeros(1)).item() / delta for end in ends * 0.999]
    assert slopes == pytest.approx([0.999, 1, 1])


@given(SEEDS, st.floats(0.01, 100))
def test_pseudo_huber_lies_below_huber_by_at_most_half_delta_squared(seed, delta):
    r = np.random.default_rng(seed).normal(size=4, scale=10)
    gap = Huber(delta).forward(r, np.zeros(4)) - PseudoHuber(delta).forward(r, np.zeros(4))
    assert 0 <= gap <= delta**2 / 2


def test_pseudo_huber_keeps_tiny_residuals():
    r = np.array([1e-9])
    assert PseudoHuber(1.0).forward(r, np.zeros(1)) == pytest.approx(5e-19, rel=1e-12, abs=0)


@pytest.mark.parametrize("kind", [Huber, PseudoHuber])
@pytest.mark.parametrize("delta", [0, -1.0, np.inf, np.nan])
def test_huber_losses_refuse_a_delta_that_is_not_positive(kind, delta):
    with pytest.raises(ValueError, match=f"delta > 0, got {delta}"):
        kind(delta)


def test_the_best_constant_is_the_mean_for_mse_and_the_median_for_mae():
    y, grid = np.array([0.0, 1.0, 8.0]), np.linspace(0, 8, 81)
    best = {
        loss_fn: grid[np.argmin([loss_fn.forward(np.full(3, c), y) for c in grid])]
        for loss_fn in (MSE, MAE)
    }
    assert best == {MSE: pytest.approx(3), MAE: pytest.approx(1)}


@given(SEEDS)
def test_kl_divergence_is_cross_entropy_less_entropy_and_zero_at_the_target(seed):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(size=(4, 3)), rng.dirichlet(np.ones(3), 4)
    entropy = -(y * np.log(y)).sum(axis=1).mean()
    cross = SoftmaxCrossEntropy.forward(z, y)
    assert KLDivergence.forward(Softmax.forward(z), y) == pytest.approx(cross - entropy)
    assert KLDivergence.forward(y, y) == pytest.approx(0, abs=1e-15)


def test_kl_divergence_is_finite_where_a_probability_is_zero():
    assert KLDivergence.forward(np.array([[0.0, 1.0]]), np.array([[0, 1]])) == 0
    assert KLDivergence.forward(np.array([[0.0, 1.0]]), np.array([[1, 0]])) == 100
    assert np.isfinite(KLDivergence.backward(np.array([[0.0, 1.0]]), np.array([[1, 0]]))).all()


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize(
    ("loss_fn", "y_pred", "y", "message"),
    [
        (Hinge, 0.5, 0, r"labels −1 and 1, got 0; of 0 and 1: 2 \* y − 1"),
        (KLDivergence, -2.0, 1, "probabilities in .*, got -2; for logits use"),
        (KLDivergence, 0.5, 2, "labels in .*, got 2"),
        (PoissonWithLogRate, 0.5, -3, r"\[0, inf\], got -3; .* counts start at 0"),
        (PoissonWithLogRate, 0.5, np.nan, "got nan"),
    ],
)
def test_losses_refuse_what_they_have_no_meaning_for(loss_fn, y_pred, y, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(loss_fn, method)(np.array([[0.5, y_pred]]), np.array([[1, y]]))
