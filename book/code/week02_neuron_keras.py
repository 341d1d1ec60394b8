"""A logistic neuron learns AND: Keras takes the derivatives and runs the loop."""

import keras
import numpy as np

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)  # (n, d)
y = np.array([[0], [0], [0], [1]], dtype=float)  # (n, 1)


def train(epochs, learning_rate=1.0):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    ten = keras.initializers.Constant(10)
    neuron = keras.layers.Dense(1, kernel_initializer=ten, bias_initializer=ten, dtype="float64")
    model = keras.Sequential([keras.Input((2,), dtype="float64"), neuron])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64"),
    )
    history = model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0)
    w, b = neuron.get_weights()  # (d, 1), (1,)
    costs = [*history.history["loss"], model.evaluate(x, y, verbose=0)]
    return w[:, 0], b[0], costs
