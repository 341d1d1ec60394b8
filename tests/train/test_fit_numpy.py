"""The NumPy loop: means over examples, validation apart, repeatable rows, divergence reported."""

import numpy as np
import pytest

from labkit.metrics import accuracy
from labkit.scratch.losses import MSE, BinaryCrossEntropyWithLogits, SoftmaxCrossEntropy
from labkit.scratch.optim import SGD
from labkit.scratch.perceptron import LogisticNeuron, trace
from labkit.seeds import epoch_order
from labkit.train import fit_numpy
from labkit.types import Split

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 2))
Y = (X[:, 0] + 0.3 * RNG.normal(size=10) > 0).astype(np.int64)
VAL = Split(RNG.normal(size=(7, 2)), RNG.integers(2, size=7))
METRICS = {"accuracy": lambda y, z: accuracy(y, z > 0)}


def fit(train=(X, Y), *, model=None, learning_rate=0.5, epochs=3, **options):
    model = model or LogisticNeuron(np.array([1.0, -1.0]), 0.5)
    options = {"loss_fn": BinaryCrossEntropyWithLogits} | options
    return fit_numpy(model, train, optimizer=SGD(learning_rate), epochs=epochs, **options)


def test_full_batch_training_is_the_trace():
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    rows = trace([10.0, 10.0], 10.0, x, y, learning_rate=1.0, epochs=59)
    history = fit((x, y), model=LogisticNeuron([10.0, 10.0], 10.0), learning_rate=1.0, epochs=60)
    assert history["loss"] == pytest.approx([row["cost"] for row in rows], rel=1e-12)


@pytest.mark.parametrize("batch_size", [1, 3, 4, 10, 64, None])
def test_learning_rate_zero_makes_the_loss_independent_of_the_batch_size(batch_size):
    expected = BinaryCrossEntropyWithLogits.forward(X @ [1.0, -1.0] + 0.5, Y)
    history = fit(learning_rate=0, batch_size=batch_size, metrics=METRICS)
    assert history["loss"] == pytest.approx([expected] * 3, rel=1e-14)
    assert history["accuracy"] == pytest.approx([np.mean((X @ [1.0, -1.0] + 0.5 > 0) == Y)] * 3)


def test_the_epochs_are_the_steps_written_out_by_hand():
    w, b, means = np.array([1.0, -1.0]), 0.5, []
    for epoch in range(3):
        losses = []
        for rows in np.split(epoch_order(10, seed=4, epoch=epoch), [4, 8]):
            z = X[rows] @ w + b
            losses += [np.logaddexp(0, z) - Y[rows] * z]
            dz = (1 / (1 + np.exp(-z)) - Y[rows]) / len(rows)
            w, b = w - 0.5 * dz @ X[rows], b - 0.5 * dz.sum()
        means += [np.concatenate(losses).mean()]
    model = LogisticNeuron(np.array([1.0, -1.0]), 0.5)
    history = fit(model=model, epochs=3, batch_size=4, seed=4)
    assert history["loss"] == pytest.approx(means, rel=1e-13)
    assert model.params["w"] == pytest.approx(w, rel=1e-13)
    assert model.params["b"] == pytest.approx(b, rel=1e-13)


def test_validation_loss_is_that_of_the_weights_after_the_epoch():
    model = LogisticNeuron(np.array([1.0, -1.0]), 0.5)
    history = fit(model=model, batch_size=3, val=VAL, metrics=METRICS)
    z = model.forward(VAL.x)
    assert history["val_loss"][-1] == pytest.approx(
        BinaryCrossEntropyWithLogits.forward(z, VAL.y), rel=1e-14
    )
    assert history["val_accuracy"][-1] == np.mean((z > 0) == VAL.y)
    assert history.columns == [
        "epoch",
        "seconds",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
    ]


def test_validation_rows_are_not_learnt_from():
    assert fit(batch_size=3, val=VAL)["loss"].tolist() == fit(batch_size=3)["loss"].tolist()


def test_training_and_validation_passes_say_which_they_are():
    class Recorder(LogisticNeuron):
        passes = []  # noqa: RUF012

        def forward(self, x, training=False):
            self.passes.append((len(x), training))
            return super().forward(x)

    fit(model=Recorder(np.zeros(2), 0.0), epochs=1, batch_size=6, val=VAL)
    assert Recorder.passes[1:] == [(6, True), (4, True), (6, False), (1, False)]


def test_the_seed_decides_the_rows():
    first, again, other = (fit(batch_size=3, seed=s)["loss"].tolist() for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_on_epoch_stops_the_training():
    history = fit(epochs=9, on_epoch=lambda epoch, history: epoch == 2)
    assert history["epoch"].tolist() == [0, 1, 2]


def test_no_epochs_give_an_empty_history():
    assert len(fit(epochs=0)) == 0


def test_divergence_raises_and_names_the_epoch():
    with pytest.raises(FloatingPointError, match=r"finite loss, got (inf|nan) in epoch \d+; try"):
        fit((X * 1e3, Y * 1.0), loss_fn=MSE, learning_rate=1e3, epochs=500)


def test_bad_rows_and_labels_are_refused_before_the_first_step():
    class Linear:
        params, grads = {"w": np.ones((2, 3))}, {}

        def forward(self, x, training=False):
            return x @ self.params["w"]

    for options in ({"val": (X, Y * 0 + 3)}, {"train": (X, Y * 0 + 3)}):
        with pytest.raises(ValueError, match=r"labels 0 … 2 in (val|train).*got 3 in row 0"):
            fit(**options, model=Linear(), loss_fn=SoftmaxCrossEntropy)
    with pytest.raises(ValueError, match="got nan in row 0"):
        fit((X * np.nan, Y))
    with pytest.raises(ValueError, match="batch_size >= 1"):
        fit(batch_size=0)
