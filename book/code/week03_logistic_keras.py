"""Logistic regression from zero weights: Keras also runs the loop."""

import keras


def train(x, y, epochs, learning_rate):
    """Return w, b and the cost at epochs 0, 1, …, epochs."""
    neuron = keras.layers.Dense(1, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((x.shape[1],)), neuron])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(learning_rate), loss=loss)
    y = y.reshape(-1, 1)  # (n, 1), the shape of the layer's output
    history = model.fit(x, y, batch_size=len(x), epochs=epochs, verbose=0)
    costs = [*history.history["loss"], model.evaluate(x, y, batch_size=len(x), verbose=0)]
    w, b = neuron.get_weights()  # (d, 1), (1,)
    return w[:, 0], b[0], costs


def predict(w, b, x):
    """Return 0 or 1 for each row: 1 if p > 1/2, that is z > 0."""
    return (x @ w + b > 0).astype(int)  # (n,)
