"""The gradient of x⁴y: TensorFlow applies the chain rule."""

import tensorflow as tf


def f(p):
    return p[0] ** 4 * p[1]  # (2,) -> ()


def gradient(p):
    p = tf.constant(p, dtype=tf.float64)  # (2,)
    with tf.GradientTape() as tape:
        tape.watch(p)
        value = f(p)
    return tape.gradient(value, p).numpy()
