"""Adam with a warm-up and a cosine, in Keras."""

import keras
import tensorflow as tf


def descend(cost, w, peak, warmup, total):
    """Return the parameters after `total` steps from w (d,)."""
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=peak,
        warmup_steps=warmup,
        decay_steps=total - warmup,  # after the warm-up
    )
    w = keras.Variable(w)  # (d,)
    optimizer = keras.optimizers.Adam(schedule)
    for _ in range(total):
        with tf.GradientTape() as tape:
            loss = cost(w)
        optimizer.apply([tape.gradient(loss, w.value)], [w])
    return w.numpy()
