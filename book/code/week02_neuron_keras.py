"""A logistic neuron learns AND: Keras also runs the loop."""

import keras
import numpy as np

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])  # (n, d)
y = np.array([[0], [0], [0], [1.0]])  # (n, 1)


def train(epochs, learning_rate=1.0):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    neuron = keras.layers.Dense(1, dtype="float64")
    model = keras.Sequential([keras.Input((2,), dtype="float64"), neuron])
    neuron.set_weights([np.full((2, 1), 10.0), np.full(1, 10.0)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    model.compile(keras.optimizers.SGD(learning_rate), loss=loss)
    history = model.fit(x, y, batch_size=4, epochs=epochs, verbose=0)
    costs = [*history.history["loss"], model.evaluate(x, y, verbose=0)]
    w, b = neuron.get_weights()  # (d, 1), (1,)
    return w[:, 0], b[0], costs
