"""Which devices can TensorFlow use, and where does a tensor live?"""

import tensorflow as tf


def devices():
    """Return the devices that TensorFlow can use, such as CPU:0 and GPU:0."""
    found = tf.config.list_physical_devices()
    return [each.name.removeprefix("/physical_device:") for each in found]


def place():
    """Return where a new tensor lives: the first GPU, or else the CPU."""
    x = tf.ones((2, 3))  # (2, 3)
    return x.device.split(":")[-2].lower()
