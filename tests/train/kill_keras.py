"""Kill a small Keras fit at random moments, resume it, and print what it ends with.

Called as ``python kill_keras.py FOLDER KILLS``. Keras is imported once, before the forks.
"""

import hashlib
import json
import sys
from pathlib import Path

import keras
import killing
import numpy as np

from labkit.train import fit_keras

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 6)).astype(np.float32)
Y = RNG.integers(3, size=64)


def fit(path, on_epoch):
    """Train with dropout, batch norm and Adam; return a digest of how it ends."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    hidden = (layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.5))
    model = keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3, activation="softmax")])
    options = {"loss_fn": "sparse_categorical_crossentropy", "optimizer": "adam", "epochs": 6}
    options |= {"batch_size": 16, "val": (X, Y), "seed": 5, "on_epoch": on_epoch}
    history = fit_keras(model, (X, Y), checkpoint=path, resume=True, **options)
    variables = [*model.variables, *model.optimizer.variables]
    digest = hashlib.sha256(b"".join(v.numpy().tobytes() for v in variables))
    digest.update(repr([history["loss"].tolist(), history["val_loss"].tolist()]).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    found = killing.trials(fit, Path(sys.argv[1]), kills=int(sys.argv[2]), epochs=6)
    print(json.dumps(found))
