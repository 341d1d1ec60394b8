"""The Keras loop takes fit_numpy's steps and gives model.fit's history, in labkit's columns."""

import numpy as np
import pytest

from labkit.scratch.losses import BinaryCrossEntropyWithLogits
from labkit.scratch.optim import SGD
from labkit.scratch.perceptron import LogisticNeuron
from labkit.seeds import epoch_order
from labkit.train import fit_keras, fit_numpy
from labkit.types import Split

pytestmark = pytest.mark.keras

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 2)).astype(np.float32)  # the type in which Keras passes arrays on
Y = (X[:, 0] + 0.3 * RNG.normal(size=10) > 0).astype(np.int64)
CLASSES = RNG.integers(3, size=10)
VAL = Split(RNG.normal(size=(7, 2)).astype(np.float32), RNG.integers(2, size=7))


def neuron():
    """Return the neuron of test_fit_numpy with w = (1, −1), b = 0.5, in float64."""
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, dtype="float64")])
    model.set_weights([np.array([[1.0], [-1.0]]), np.array([0.5])])
    return model


def cross_entropy():
    import keras

    return keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")


def fit(train=(X, Y), *, model=None, learning_rate=0.5, epochs=3, **options):
    import keras

    options = {
        "loss_fn": cross_entropy(),
        "optimizer": keras.optimizers.SGD(learning_rate),
    } | options
    return fit_keras(model or neuron(), train, epochs=epochs, **options)


@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_fit_keras_and_fit_numpy_give_the_same_history_from_the_same_weights(batch_size):
    import keras

    options = {"epochs": 5, "batch_size": batch_size, "val": VAL, "seed": 5}
    theirs, model = neuron(), LogisticNeuron(np.array([1.0, -1.0]), 0.5)
    expected = fit_numpy(
        model,
        (X, Y),
        loss_fn=BinaryCrossEntropyWithLogits,
        optimizer=SGD(0.5),
        metrics={"accuracy": lambda y, z: np.mean(y == (z > 0))},
        **options,
    )
    metrics = {"accuracy": keras.metrics.BinaryAccuracy(threshold=0.0)}
    history = fit(model=theirs, metrics=metrics, **options)
    assert history.columns == expected.columns
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):  # Keras adds up in float32
        assert history[name] == pytest.approx(expected[name], rel=1e-6)
    w, b = (weight.ravel() for weight in theirs.get_weights())
    assert w == pytest.approx(model.params["w"], rel=1e-12)
    assert b[0] == pytest.approx(float(model.params["b"]), rel=1e-12)


def network(seed):
    """Return a small network with dropout and batch normalisation, and the data's three classes."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(8, activation="relu", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax"),
        ]
    )


def test_the_history_is_that_of_model_fit_on_rows_in_the_same_order():
    options = {"optimizer": "adam", "metrics": ["accuracy", "sparse_categorical_crossentropy"]}
    loss = "sparse_categorical_crossentropy"
    train = (X, CLASSES)
    history = fit_keras(
        network(3), train, loss_fn=loss, epochs=4, batch_size=4, val=VAL, seed=7, **options
    )
    twin = network(3)
    twin.compile(loss=loss, **options)

    def rows_of_every_epoch():
        for epoch in range(5):  # one more than is used: Keras reads ahead
            for rows in np.split(epoch_order(10, seed=7, epoch=epoch), [4, 8]):
                yield X[rows], CLASSES[rows]

    options = {"epochs": 4, "steps_per_epoch": 3, "shuffle": False, "validation_batch_size": 4}
    options |= {"validation_data": tuple(VAL), "verbose": 0}
    expected = twin.fit(rows_of_every_epoch(), **options).history
    names = ["loss", "accuracy", "sparse_categorical_crossentropy"]
    names += ["val_" + name for name in names]
    assert history.columns == ["epoch", "seconds", *names]
    for name in names:
        assert history[name] == pytest.approx(expected[name], rel=1e-5)


@pytest.mark.parametrize("batch_size", [1, 4, None])
def test_learning_rate_zero_makes_the_loss_independent_of_the_batch_size(batch_size):
    expected = BinaryCrossEntropyWithLogits.forward(X @ [1.0, -1.0] + 0.5, Y)
    history = fit(learning_rate=0.0, batch_size=batch_size)
    assert history["loss"] == pytest.approx([expected] * 3, rel=1e-6)


def test_metric_objects_take_the_names_they_stand_under_in_their_order():
    import keras

    metrics = {"hits": keras.metrics.BinaryAccuracy(threshold=0.0), "auc": keras.metrics.AUC()}
    history = fit((X, Y), metrics=metrics, val=VAL, epochs=1)
    assert history.columns[2:] == ["loss", "hits", "auc", "val_loss", "val_hits", "val_auc"]
    assert fit(metrics={"accuracy": "accuracy"}, epochs=1).columns[3:] == ["accuracy"]
    with pytest.raises(ValueError, match=r"keras\.metrics object for 'hits', got 'acc"):
        fit(metrics={"hits": "accuracy"})


def test_the_seed_decides_the_rows():
    first, again, other = (fit(batch_size=3, seed=s)["loss"].tolist() for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_callbacks_and_schedules_see_the_right_epoch():
    import keras

    rate = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.5, 0.0])
    history = fit(optimizer=keras.optimizers.SGD(rate), epochs=4)
    assert history["loss"][2:] == pytest.approx([history["loss"][2]] * 2)
    assert history["epoch"].tolist() == [0, 1, 2, 3]


def test_a_model_that_has_not_seen_its_input_is_built():
    import keras

    model = keras.Sequential([keras.layers.Dense(3)])
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert len(fit((X, CLASSES), model=model, loss_fn=loss_fn, epochs=1)) == 1


def test_on_epoch_stops_the_training():
    assert len(fit(epochs=9, on_epoch=lambda epoch, history: epoch == 1)) == 2


def test_divergence_raises_and_names_the_epoch():
    with pytest.raises(FloatingPointError, match=r"finite loss, got (inf|nan) in epoch \d+; try"):
        fit((X * 1e3, Y * 1.0), loss_fn="mse", learning_rate=1e6, epochs=100)


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_without_an_output_is_refused(label):
    y = CLASSES.copy()
    y[4:] = label
    for targets in (y, y[:, None]):
        with pytest.raises(ValueError, match=f"labels 0 … 2 in train.*got {label} in row 4"):
            fit((X, targets), model=network(0), loss_fn="sparse_categorical_crossentropy")


def test_bad_rows_sizes_and_rates_are_refused():
    import keras

    with pytest.raises(ValueError, match="got nan in row 0"):
        fit((X * np.nan, Y))
    with pytest.raises(ValueError, match="batch_size >= 1"):
        fit(batch_size=0)
    with pytest.raises(ValueError, match="learning rate >= 0, got -1"):
        fit(optimizer=keras.optimizers.SGD(-1.0))
    assert len(fit(epochs=0)) == 0
