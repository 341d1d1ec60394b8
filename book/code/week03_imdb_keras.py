"""A first deep net reads film reviews: Keras."""

import keras


def build(n_words=10_000):
    """Two hidden layers of 16 units; 160,305 parameters for 10,000 words."""
    return keras.Sequential(
        [
            keras.Input((n_words,)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


def train(model, x, y, epochs, batch_size=512, shuffle=True):
    """Return the mean loss of each epoch on x (n, n_words), y (n,)."""
    optimizer = keras.optimizers.RMSprop(1e-3, rho=0.9, epsilon=1e-7)
    model.compile(optimizer, loss="binary_crossentropy")
    options = {"batch_size": batch_size, "shuffle": shuffle}
    y = y.reshape(-1, 1)  # (n, 1), the shape of the output
    run = model.fit(x, y, epochs=epochs, **options, verbose=0)
    return run.history["loss"]


def proba(model, x):
    """Return the probability of class 1 for each row: (n,)."""
    return model.predict(x, batch_size=512, verbose=0)[:, 0]
