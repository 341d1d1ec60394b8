"""Print what labkit's trainers cost, as ratios; each part in a process of its own.

    python -m tests.benchmarks                 # every part
    python -m tests.benchmarks torch           # one of: import, numpy, torch, keras, recurrent

A ratio is the median over pairs of runs made one right after the other, so that a busy machine
slows both. Nothing here is a test: no number fails a build.
"""

import os
import statistics
import subprocess
import sys
import time

N, D, K, BATCH, EPOCHS, PAIRS = 20_000, 784, 10, 128, 2, 5


def ratio(ours, theirs, *, pairs=PAIRS):
    """Return the median of time(ours) / time(theirs), and both median times in seconds."""
    times = []
    for f in (ours, theirs):
        f()  # compiles, fills caches
    for pair in range(pairs):
        taken = {}
        for f in (ours, theirs) if pair % 2 else (theirs, ours):
            start = time.perf_counter()
            f()
            taken[f] = time.perf_counter() - start
        times.append((taken[ours], taken[theirs]))
    seconds = [statistics.median(column) for column in zip(*times, strict=True)]
    return statistics.median(a / b for a, b in times), *seconds


def report(name, target, measured):
    print(
        f"{name:<44} {measured[0]:5.2f}x  (aim {target}; {measured[1]:.2f} s, {measured[2]:.2f} s)"
    )


def data(n=N):
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.normal(size=(n, D)).astype("float32"), rng.integers(K, size=n)


def numpy_part():
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    from labkit.scratch.mlp import MLP

    warnings.simplefilter("ignore", ConvergenceWarning)
    sizes = {"batch_size": 200, "momentum": 0.9, "random_state": 0}
    for dtype in ("float32", "float64"):
        x, y = data(10_000)
        x = x.astype(dtype)

        def ours(x=x, y=y):
            MLP((100,), learning_rate=0.01, epochs=EPOCHS, **sizes).fit(x, y)

        def theirs(x=x, y=y):
            options = {"solver": "sgd", "learning_rate_init": 0.01, "nesterovs_momentum": False}
            MLPClassifier((100,), alpha=0, max_iter=EPOCHS, **options, **sizes).fit(x, y)

        report(f"MLP / MLPClassifier, {dtype}", "<= 1.0", ratio(ours, theirs))


def torch_part():
    import torch

    from labkit.seeds import epoch_order
    from labkit.train import fit_torch

    x, y = data()
    loss_fn = torch.nn.CrossEntropyLoss()

    def network():
        torch.manual_seed(0)
        layers = torch.nn.Linear(D, 128), torch.nn.ReLU(), torch.nn.Linear(128, K)
        return torch.nn.Sequential(*layers)

    def ours():
        model = network()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        options = {"loss_fn": loss_fn, "optimizer": optimizer, "epochs": EPOCHS}
        fit_torch(model, (x, y), batch_size=BATCH, **options)

    def by_hand():
        model = network()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        inputs, targets = torch.tensor(x), torch.tensor(y)
        for epoch in range(EPOCHS):
            total = 0.0
            order = torch.from_numpy(epoch_order(N, seed=0, epoch=epoch))
            for rows in order.split(BATCH):
                loss = loss_fn(model(inputs[rows]), targets[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(rows)

    def with_a_loader():
        model = network()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        rows = torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y))
        loader = torch.utils.data.DataLoader(rows, batch_size=BATCH, shuffle=True)
        for _ in range(EPOCHS):
            for inputs, targets in loader:
                loss = loss_fn(model(inputs), targets)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    def with_skorch():
        net = skorch.NeuralNetClassifier(
            network(),
            criterion=torch.nn.CrossEntropyLoss,
            optimizer=torch.optim.SGD,
            lr=0.1,
            batch_size=BATCH,
            max_epochs=EPOCHS,
            train_split=None,
            iterator_train__shuffle=True,
            verbose=0,
        )
        net.fit(x, y)

    report("fit_torch / hand-written loop", "<= 1.05", ratio(ours, by_hand))
    report("fit_torch / DataLoader of single rows", "< 1", ratio(ours, with_a_loader))
    try:
        import skorch
    except ImportError:
        print("fit_torch / skorch: install skorch to compare")
    else:
        report("fit_torch / skorch", "< 1", ratio(ours, with_skorch))


def keras_part():
    import keras

    from labkit.train import fit_keras

    # The size of MNIST: starting fit costs about 0.05 s an epoch, whatever the rows.
    x, y = data(60_000)
    epochs = 4

    def network():
        keras.utils.set_random_seed(0)
        layers = (
            keras.Input((D,)),
            keras.layers.Dense(512, "relu"),
            keras.layers.Dense(K, "softmax"),
        )
        return keras.Sequential(layers)

    def ours():
        options = {"loss_fn": "sparse_categorical_crossentropy", "optimizer": "rmsprop"}
        fit_keras(network(), (x, y), epochs=epochs, batch_size=BATCH, **options)

    def theirs():
        model = network()
        model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop")
        model.fit(x, y, epochs=epochs, batch_size=BATCH, verbose=0)

    report("fit_keras / model.fit", "<= 1.06", ratio(ours, theirs, pairs=4))


def recurrent_part(steps=35, n=32, n_in=28, hidden=256, updates=10):
    import numpy as np
    import torch

    from labkit.scratch import rnn

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    for dtype in ("float32", "float64"):
        for name in ("RNN", "LSTM", "GRU"):
            rng = np.random.default_rng(0)
            options = {"dtype": dtype, "input_gradient": False}
            layer = getattr(rnn, name)(n_in, hidden, rng=rng, **options)
            twin = getattr(torch.nn, name)(n_in, hidden, dtype=getattr(torch, dtype))
            x = np.eye(n_in, dtype=dtype)[rng.integers(n_in, size=(steps, n))]
            dy = rng.normal(size=(steps, n, hidden)).astype(dtype)
            x_torch, dy_torch = torch.tensor(x), torch.tensor(dy)

            def ours(layer=layer, x=x, dy=dy):
                for _ in range(updates):
                    layer.forward(x)
                    layer.backward(dy)

            def theirs(twin=twin, x=x_torch, dy=dy_torch):
                for _ in range(updates):
                    twin.zero_grad()
                    twin(x)[0].backward(dy)

            report(f"NumPy {name} / torch.nn.{name}, {dtype}", "<= 3.0", ratio(ours, theirs))


def import_part():
    def seconds(code):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    extra = [seconds("import labkit") - seconds("pass") for _ in range(11)]
    numpy = [seconds("import numpy") - seconds("pass") for _ in range(11)]
    print(
        f"import labkit: {statistics.median(extra):.3f} s (aim <= 0.1), "
        f"of which numpy {statistics.median(numpy):.3f} s"
    )


PARTS = {
    "import": import_part,
    "numpy": numpy_part,
    "torch": torch_part,
    "keras": keras_part,
    "recurrent": recurrent_part,
}

if __name__ == "__main__":
    chosen = sys.argv[1:]
    if len(chosen) == 1 and chosen[0] in PARTS:
        PARTS[chosen[0]]()
    elif set(chosen) <= set(PARTS):
        quiet = os.environ | {"TQDM_DISABLE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        for name in chosen or PARTS:
            subprocess.run([sys.executable, "-m", "tests.benchmarks", name], check=True, env=quiet)
    else:
        sys.exit(f"expected any of {', '.join(PARTS)}, got {' '.join(chosen)}")
