"""As peak_torch.py, for Keras on TensorFlow: `fit` on batches that dominate the memory."""

import os
import sys
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np

from labkit.anatomy import keras_layers, training_memory

layers = keras.layers


def convolutional(width):
    pair = [layers.Conv2D(width, 3, activation="relu"), layers.MaxPooling2D(2)]
    pair += [layers.Conv2D(2 * width, 3, activation="relu"), layers.MaxPooling2D(2)]
    return keras.Sequential([keras.Input((32, 32, 3)), *pair, layers.Flatten(), layers.Dense(10)])


def dense(width):
    inner = [
        layers.Flatten(),
        layers.Dense(width, activation="relu", kernel_initializer="zeros"),
        layers.Dense(10),
    ]
    return keras.Sequential([keras.Input((32, 32, 3)), *inner])


def train(net, batch_size, name):
    net.compile(name, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x = np.random.default_rng(0).standard_normal((batch_size, 32, 32, 3)).astype(np.float32)
    net.fit(x, np.zeros(batch_size), batch_size=batch_size, epochs=3, verbose=0)


def kilobytes(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


kind, width, batch_size, name = sys.argv[1], *map(int, sys.argv[2:4]), sys.argv[4]
make = {"convolutional": convolutional, "dense": dense}[kind]
train(make(2), 4, name)
before = kilobytes("VmRSS")
net = make(width)
table = keras_layers(net)
train(net, batch_size, name)
grown = (kilobytes("VmHWM") - before) * 1024
print(grown, training_memory(table, batch_size=batch_size, optimizer=name)["total"])
