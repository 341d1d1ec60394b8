"""A U-Net in Keras: channels last, (n, h, w, c), and a class for every pixel."""

import keras
from keras import layers


def double(x, width):
    """Apply two 3 × 3 convolutions that keep the size."""
    for _ in range(2):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    return x


def unet(c_in, n_classes, widths=(16, 32, 64, 128)):
    """Down by halves, up by doubles, and a skip connection at each size."""
    inputs = keras.Input((None, None, c_in))  # any size that can be halved often enough
    x, kept = inputs, []
    for width in widths:
        x = double(layers.MaxPooling2D(2)(x) if kept else x, width)
        kept.append(x)
    for width, skip in zip(widths[-2::-1], kept[-2::-1], strict=True):
        x = layers.Conv2DTranspose(width, 2, strides=2)(x)
        x = double(layers.Concatenate()([skip, x]), width)  # twice the side, then both maps
    return keras.Model(inputs, layers.Conv2D(n_classes, 1)(x))  # (n, h, w, classes): logits


def train(net, x, y, epochs, batch_size):
    """Train in place on x (n, h, w, c) and class maps y (n, h, w); return the mean losses."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # mean over all pixels
    net.compile(keras.optimizers.Adam(learning_rate=0.001, epsilon=1e-8), loss=loss)
    return net.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0).history["loss"]


def logits(net, x):
    """Return a logit for each class at each pixel, (n, h, w, classes)."""
    return net.predict(x, verbose=0)
