"""A small residual net in Keras: channels last, (n, 28, 28, 1)."""

import keras
from keras import layers


def norm():
    """Return a batch norm with PyTorch's constants; Keras's own are 0.99 and 0.001."""
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)


def padded(x, c, stride):
    """Convolve with one zero at each side; padding="same" with a stride pads one side only."""
    return layers.Conv2D(c, 3, stride)(layers.ZeroPadding2D(1)(x))


def residual(x, c, stride=1):
    """Two convolutions make a correction, and it is added to what came in."""
    y = norm()(padded(x, c, stride))
    y = norm()(padded(layers.ReLU()(y), c, 1))
    if x.shape[-1] != c or stride > 1:
        x = layers.Conv2D(c, 1, stride)(x)
    return layers.ReLU()(layers.Add()([x, y]))


def small_resnet():
    """Return the net: 19,754 parameters that learn, ten logits."""
    x = keras.Input((28, 28, 1))
    y = padded(x, 16, 2)  # (14, 14, 16)
    y = residual(y, 16)
    y = residual(y, 32, 2)  # (7, 7, 32)
    y = layers.GlobalAveragePooling2D()(y)  # (32,): one mean a map
    return keras.Model(x, layers.Dense(10)(y))


def logits(net, x, *, training):
    """Return ten logits for each picture; training moves batch norm's running statistics."""
    return keras.ops.convert_to_numpy(net(x, training=training))  # (n, 10)
