"""Logistic regression from zero weights: Keras also runs the loop."""

import keras


def train(x, y, epochs, learning_rate):
    """Return w (d,), b and the cost before each epoch and after the last."""
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
    """Return 0 or 1 for each row: a logit above 0 is a probability above one half."""
    return (x @ w + b > 0).astype(int)  # (n,)
