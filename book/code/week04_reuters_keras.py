"""A net with one output a topic: Keras, integer labels."""

import keras


def build(n_words, n_topics, width):
    """Return a net that gives each topic a probability."""
    layers = [
        keras.Input((n_words,)),
        keras.layers.Dense(64, "relu"),
        keras.layers.Dense(width, "relu"),
        keras.layers.Dense(n_topics, "softmax"),
    ]
    return keras.Sequential(layers)


def train(model, x, y, *, epochs, batch_size, learning_rate=0.001):
    """Return the loss of each epoch. x (n, n_words) float32, y (n,) integers."""
    optimizer = keras.optimizers.RMSprop(learning_rate, rho=0.9)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    history = model.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    return history.history["loss"]


def proba(model, x):
    """Return probabilities (n, n_topics)."""
    return model.predict(x, verbose=0)
