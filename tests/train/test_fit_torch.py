"""The PyTorch loop takes fit_numpy's steps, measures in evaluation mode, and keeps means honest."""

import numpy as np
import pytest

from labkit.metrics import accuracy
from labkit.scratch.losses import BinaryCrossEntropyWithLogits
from labkit.scratch.optim import SGD
from labkit.scratch.perceptron import LogisticNeuron
from labkit.train import fit_numpy, fit_torch
from labkit.types import Split

pytestmark = pytest.mark.torch

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 2))
Y = (X[:, 0] + 0.3 * RNG.normal(size=10) > 0).astype(np.int64)
CLASSES = RNG.integers(3, size=10)
VAL = Split(RNG.normal(size=(7, 2)), RNG.integers(2, size=7))
METRICS = {"accuracy": lambda y, z: accuracy(y, z > 0)}


def neuron(dtype="float64"):
    """Return the neuron of test_fit_numpy with w = (1, −1), b = 0.5."""
    import torch

    layer = torch.nn.Linear(2, 1, dtype=getattr(torch, dtype))
    with torch.no_grad():
        layer.weight[:] = torch.tensor([1.0, -1.0])
        layer.bias[:] = 0.5
    return torch.nn.Sequential(layer, torch.nn.Flatten(0))


def fit(train=(X, Y), *, model=None, learning_rate=0.5, epochs=3, **options):
    import torch

    model = model or neuron()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    options = {"loss_fn": torch.nn.BCEWithLogitsLoss(), "optimizer": optimizer} | options
    return fit_torch(model, train, epochs=epochs, **options)


@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_fit_torch_and_fit_numpy_give_the_same_history_from_the_same_weights(batch_size):
    options = {"epochs": 8, "batch_size": batch_size, "val": VAL, "metrics": METRICS, "seed": 5}
    theirs, model = neuron(), LogisticNeuron(np.array([1.0, -1.0]), 0.5)
    expected = fit_numpy(
        model, (X, Y), loss_fn=BinaryCrossEntropyWithLogits, optimizer=SGD(0.5), **options
    )
    history = fit(model=theirs, **options)
    assert history.columns == expected.columns
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert history[name] == pytest.approx(expected[name], rel=1e-12)
    w, b = (p.detach().numpy().ravel() for p in theirs.parameters())
    assert w == pytest.approx(model.params["w"], rel=1e-12)
    assert b[0] == pytest.approx(float(model.params["b"]), rel=1e-12)


@pytest.mark.parametrize("batch_size", [1, 4, 10, 64, None])
def test_learning_rate_zero_makes_the_loss_independent_of_the_batch_size(batch_size):
    expected = BinaryCrossEntropyWithLogits.forward(X @ [1.0, -1.0] + 0.5, Y)
    history = fit(learning_rate=0.0, batch_size=batch_size)
    assert history["loss"] == pytest.approx([expected] * 3, rel=1e-14)


def test_validation_is_measured_in_evaluation_mode_without_gradients_in_batches():
    import torch

    passes = []

    class Noisy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = torch.nn.Sequential(
                torch.nn.Linear(2, 8), torch.nn.BatchNorm1d(8), torch.nn.Dropout(), neuron_head()
            )

        def forward(self, x):
            passes.append((len(x), self.training, torch.is_grad_enabled()))
            return self.layers(x)

    def neuron_head():
        return torch.nn.Sequential(torch.nn.Linear(8, 1), torch.nn.Flatten(0))

    torch.manual_seed(0)
    model = Noisy()
    history = fit(model=model, epochs=2, batch_size=5, val=VAL, metrics=METRICS)
    one_epoch = [(5, True, True)] * 2 + [(5, False, False), (2, False, False)]
    assert passes[1:] == 2 * one_epoch
    assert not model.training
    with torch.no_grad():
        z = model(torch.tensor(VAL.x, dtype=torch.float32)).numpy().astype(float)
    expected = BinaryCrossEntropyWithLogits.forward(z, VAL.y)
    assert history["val_loss"][-1] == pytest.approx(expected, rel=1e-6)
    assert history["val_accuracy"][-1] == np.mean((z > 0) == VAL.y)


def test_the_check_of_the_output_leaves_batch_norm_and_dropouts_seed_alone():
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.BatchNorm1d(4), torch.nn.Dropout())
    torch.manual_seed(1)
    state = torch.get_rng_state()
    fit((X, X @ np.ones((2, 4))), model=model, epochs=0, loss_fn=torch.nn.MSELoss())
    assert model[1].num_batches_tracked == 0
    assert torch.equal(torch.get_rng_state(), state)


def test_the_seeds_decide_rows_and_dropout():
    import torch

    def losses(seed, torch_seed):
        torch.manual_seed(torch_seed)
        model = torch.nn.Sequential(torch.nn.Dropout(0.3), *neuron())
        return fit(model=model, batch_size=3, seed=seed)["loss"].tolist()

    assert losses(1, 1) == losses(1, 1)
    assert losses(1, 1) != losses(2, 1)
    assert losses(1, 1) != losses(1, 2)


def test_class_numbers_may_have_any_integer_type_and_floats_take_the_models():
    import torch

    for x_type, y_type in (("float64", "uint8"), ("float32", "int32"), ("float16", "int64")):
        history = fit(
            (X.astype(x_type), CLASSES.astype(y_type)),
            model=torch.nn.Linear(2, 3),
            loss_fn=torch.nn.CrossEntropyLoss(),
            metrics={"accuracy": accuracy},
        )
        assert 0 <= history["accuracy"][0] <= 1


def test_whole_numbers_reach_an_embedding_as_they_are():
    import torch

    model = torch.nn.Sequential(torch.nn.Embedding(5, 3), torch.nn.Flatten(), torch.nn.Linear(6, 3))
    ids = RNG.integers(5, size=(10, 2))
    assert len(fit((ids, CLASSES), model=model, loss_fn=torch.nn.CrossEntropyLoss())) == 3


def test_the_callers_arrays_are_neither_kept_nor_changed():
    x, y = X[::-1].copy()[::-1], Y.copy()
    x.setflags(write=False)  # and reversed in memory: torch takes neither as it is
    fit((x, y), batch_size=3)
    assert (x == X).all()
    assert (y == Y).all()


def test_the_device_of_the_data_follows_the_model():
    import torch

    with pytest.raises(RuntimeError, match="meta tensors"):  # a device whose tensors hold no values
        fit(model=torch.nn.Sequential(torch.nn.Linear(2, 1, device="meta"), torch.nn.Flatten(0)))


def test_a_scheduler_is_stepped_once_an_epoch():
    import torch

    model = neuron()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    rates = []
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    fit(
        model=model,
        optimizer=optimizer,
        scheduler=scheduler,
        batch_size=2,
        on_epoch=lambda *_: rates.append(scheduler.get_last_lr()[0]),
    )
    assert rates == [0.5, 0.25, 0.125]


def test_reduce_on_plateau_is_given_the_validation_loss():
    import torch

    model, seen = neuron(), []

    class Plateau(torch.optim.lr_scheduler.ReduceLROnPlateau):
        def step(self, metrics, epoch=None):
            seen.append(metrics)

    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    options = {"model": model, "optimizer": optimizer, "scheduler": Plateau(optimizer)}
    assert seen == []
    history = fit(**options, val=VAL)
    assert seen == history["val_loss"].tolist()
    seen.clear()
    assert fit(**options)["loss"].tolist() == seen


def test_on_epoch_stops_the_training():
    assert len(fit(epochs=9, on_epoch=lambda epoch, history: epoch == 2)) == 3


def test_divergence_raises_and_names_the_epoch():
    import torch

    with pytest.raises(FloatingPointError, match=r"finite loss, got (inf|nan) in epoch \d+; try"):
        fit((X * 1e3, Y * 1.0), loss_fn=torch.nn.MSELoss(), learning_rate=1e3, epochs=500)


def test_a_column_against_a_row_of_targets_is_refused():
    import torch

    with pytest.raises(ValueError, match=r"train y of the shape \(10, 1\) .*, got \(10,\); write"):
        fit((X, Y * 1.0), model=torch.nn.Linear(2, 1), loss_fn=torch.nn.MSELoss())
    with pytest.raises(ValueError, match=r"val y of the shape \(7,\) .*, got \(7, 1\)"):
        fit(val=(VAL.x, VAL.y[:, None]))


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_without_an_output_is_refused(label):
    import torch

    y = CLASSES.copy()
    y[4:] = label
    with pytest.raises(ValueError, match=f"labels 0 … 2 in train.*got {label} in row 4"):
        fit((X, y), model=torch.nn.Linear(2, 3), loss_fn=torch.nn.CrossEntropyLoss())


def test_the_label_that_the_loss_ignores_passes():
    import torch

    y = np.where(np.arange(10) < 3, -100, CLASSES)
    assert fit((X, y), model=torch.nn.Linear(2, 3), loss_fn=torch.nn.CrossEntropyLoss())["loss"][0]


def test_a_negative_learning_rate_and_a_summed_loss_are_refused():
    import torch

    model = neuron()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    optimizer.param_groups[0]["lr"] = -0.1  # torch checks it only at the start
    with pytest.raises(ValueError, match=r"learning rate >= 0, got -0\.1"):
        fit(model=model, optimizer=optimizer)
    with pytest.raises(ValueError, match="reduction='mean', got 'sum'"):
        fit(loss_fn=torch.nn.BCEWithLogitsLoss(reduction="sum"))


def test_the_example_in_the_docstring_holds_for_zero_epochs_and_bad_sizes():
    assert len(fit(epochs=0)) == 0
    with pytest.raises(ValueError, match="batch_size >= 1"):
        fit(batch_size=0)
    with pytest.raises(ValueError, match="got nan in row 0"):
        fit((X * np.nan, Y))
