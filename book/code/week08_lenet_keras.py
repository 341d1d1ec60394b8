"""LeNet for colour photos in Keras: channels last, (n, 32, 32, 3)."""

import keras
from keras import layers


def lenet():
    """Return the net: 62,006 parameters, ten logits."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(6, 5, activation="tanh"),  # (28, 28, 6)
            layers.AveragePooling2D(2),  # (14, 14, 6)
            layers.Conv2D(16, 5, activation="tanh"),  # (10, 10, 16)
            layers.AveragePooling2D(2),  # (5, 5, 16)
            layers.Flatten(),  # (400,): for each place its 16 channels
            layers.Dense(120, activation="tanh"),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10),
        ]
    )


def train(net, x, y, epochs, batch_size):
    """Train in place on photos x and labels y (n,); return the mean loss of each epoch."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(learning_rate=0.001, epsilon=1e-8), loss=loss)
    history = net.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
    return history.history["loss"]


def logits(net, x):
    """Return ten logits for each photo."""
    return net.predict(x, verbose=0)  # (n, 10)
