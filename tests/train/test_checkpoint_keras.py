"""A Keras run that was killed goes on to the same weights, to the bit."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labkit.history import History
from labkit.train import fit_keras
from labkit.train.checkpoint_keras import KerasCheckpoint

pytestmark = pytest.mark.keras

HERE = Path(__file__).parent
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 4)).astype(np.float32)
Y = RNG.integers(3, size=12)


def network(width=5, seed=0, dropout=0.4):
    import keras

    keras.utils.set_random_seed(seed)
    layers = keras.layers
    hidden = layers.Dense(width, activation="relu", kernel_regularizer="l2")
    hidden = (hidden, layers.BatchNormalization(), layers.Dropout(dropout))
    return keras.Sequential([keras.Input((4,)), *hidden, layers.Dense(3, activation="softmax")])


def functional():
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    hidden = keras.layers.GaussianNoise(0.3)(keras.layers.Dense(5)(inputs))
    return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(hidden))


def subclassed():
    import keras

    keras.utils.set_random_seed(0)

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.block = keras.Sequential([keras.layers.Dense(5), keras.layers.Dropout(0.5)])
            self.out = keras.layers.Dense(3, activation="softmax")

        def call(self, x, training=False):
            return self.out(self.block(x, training=training))

    return Net()


def fit(train=(X, Y), *, model=None, epochs=5, **options):
    """Return the history, and all the numbers that the run ends with, as bytes."""
    model = model or network()
    options = {"loss_fn": "sparse_categorical_crossentropy", "optimizer": "adam"} | options
    options = {"batch_size": 5, "seed": 2} | options
    history = fit_keras(model, train, epochs=epochs, **options)
    variables = [*model.variables, *model.optimizer.variables]
    return history, b"".join(variable.numpy().tobytes() for variable in variables)


def falling(rate=0.1):
    import keras

    return keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(rate, 4, 0.7), momentum=0.9
    )


@pytest.mark.parametrize("build", [network, functional, subclassed])
@pytest.mark.parametrize("optimizer", [lambda: "adam", falling])
def test_a_run_in_two_parts_ends_as_one_in_one_part(tmp_path, build, optimizer):
    import keras

    def part(**options):
        return fit(model=build(), optimizer=optimizer(), val=(X, Y), **options)

    whole, expected = part(metrics=["accuracy"])
    path = tmp_path / "run.npz"
    part(epochs=2, checkpoint=path, metrics=["accuracy"])
    keras.utils.set_random_seed(77)  # other work in between
    history, found = part(checkpoint=path, resume=True, metrics=["accuracy"])
    for name in ("loss", "accuracy", "val_loss"):
        assert history[name].tolist() == whole[name].tolist()
    assert found == expected
    assert part(checkpoint=path, resume=True) == (history, found)  # nothing left to do


def test_without_the_seed_generators_the_end_would_differ(tmp_path, monkeypatch):
    def without(self):
        return [*self.model.weights, *self.model.optimizer.variables]

    expected = fit()[1]
    monkeypatch.setattr(KerasCheckpoint, "_variables", without)
    fit(epochs=3, checkpoint=tmp_path / "run.npz")
    assert fit(checkpoint=tmp_path / "run.npz", resume=True)[1] != expected


def test_a_run_killed_at_four_moments_ends_with_the_same_weights(tmp_path):
    command = [sys.executable, HERE / "kill_keras.py", tmp_path, "4"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert len(found["ends"]) >= 2  # the others ended before their kill came
    assert set(found["ends"]) == {found["whole"]}


def test_a_run_that_was_stopped_stays_stopped(tmp_path):
    stop = {"on_epoch": lambda epoch, history: epoch == 1, "checkpoint": tmp_path / "run.npz"}
    history, end = fit(**stop)
    assert fit(**stop, resume=True) == (history, end)
    assert len(history) == 2


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ({"optimizer": "adamw"}, "optimizer"),
        ({"batch_size": 4}, "batch_size"),
        ({"seed": 3}, "seed"),
        ({"train": (X[::-1], Y)}, "train rows"),
        ({"loss_fn": "poisson"}, "loss_fn"),
        ({"width": 6}, "model"),
        ({"dropout": 0.5}, "model"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_the_model_left_alone(tmp_path, other, name):
    fit(checkpoint=tmp_path / "run.npz", epochs=1)
    model = network(seed=1, **{k: other.pop(k) for k in ("width", "dropout") if k in other})
    before = [weight.copy() for weight in model.get_weights()]
    with pytest.raises(ValueError, match=rf"(?s)one that differs in {name}: .* another path"):
        fit(model=model, checkpoint=tmp_path / "run.npz", resume=True, **other)
    after = model.get_weights()
    assert all((a == b).all() for a, b in zip(before, after, strict=True))


def test_a_file_with_a_pickle_or_a_cut_end_is_refused(tmp_path):
    path, whole = tmp_path / "run.npz", tmp_path / "whole.npz"
    np.savez(path, notes=np.array([{"settings": {}}], dtype=object))
    with pytest.raises(ValueError, match="delete it to start anew"):
        fit(checkpoint=path, resume=True)
    fit(checkpoint=whole, epochs=1)
    path.write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(ValueError, match="delete it to start anew"):
        fit(checkpoint=path, resume=True)


def test_a_saved_model_predicts_the_same_in_a_new_process(tmp_path):
    model = network()
    fit(model=model, epochs=2)
    KerasCheckpoint(tmp_path / "model.npz", model).save(History())
    np.save(tmp_path / "x.npy", X)
    code = (
        "import sys, numpy as np\n"
        "from labkit.train.checkpoint_keras import KerasCheckpoint\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_checkpoint_keras import network\n"
        "model = network(seed=9)\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\n"
        "KerasCheckpoint(sys.argv[2] + '/model.npz', model).load()\n"
        "x = np.load(sys.argv[2] + '/x.npy')\n"
        "np.save(sys.argv[2] + '/y.npy', model.predict(x, verbose=0))\n"
    )
    command = [sys.executable, "-c", code, HERE, tmp_path]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert (np.load(tmp_path / "y.npy") == model.predict(X, verbose=0)).all()
