"""A 2-3-1 network learns XOR: Keras also runs the loop."""

import keras
import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])  # (n, 2)
Y = np.array([[0], [1], [1], [0.0]])  # (n, 1)


def train(epochs, learning_rate=3.0, momentum=0.0):
    """Return w1, b1, w2, b2 and the cost at epochs 0, 1, …, epochs."""
    hidden = keras.layers.Dense(3, activation="tanh", dtype="float64")
    output = keras.layers.Dense(1, dtype="float64")
    model = keras.Sequential([keras.Input((2,), dtype="float64"), hidden, output])
    # Keras keeps the transpose of W, inputs by units.
    hidden.set_weights([np.array([[-0.7, -0.5, 0.1], [-0.7, 0.7, 0.7]]), np.zeros(3)])
    output.set_weights([np.array([[-0.5], [0.4], [0.9]]), np.zeros(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
    model.compile(keras.optimizers.SGD(learning_rate, momentum=momentum), loss=loss)
    history = model.fit(X, Y, batch_size=4, epochs=epochs, verbose=0)
    costs = [*history.history["loss"], model.evaluate(X, Y, verbose=0)]
    return *hidden.get_weights(), *output.get_weights(), costs
