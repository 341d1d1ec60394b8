"""A character model with carried state, clipped steps and a temperature, in Keras."""

import keras
from keras import layers


def character_model(k, units, *, batch_size, steps):
    """Return one recurrent layer and one logit for each of the k characters, compiled."""
    net = keras.Sequential(
        [
            keras.Input(batch_shape=(batch_size, steps, k)),
            layers.SimpleRNN(units, return_sequences=True, stateful=True),
            layers.Dense(k),
        ]
    )
    net.compile(
        keras.optimizers.SGD(1.0, global_clipnorm=1.0),  # clipnorm=… clips each array alone
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return net


def train_epoch(net, batches):
    """Take one step for each sequential minibatch; return their losses."""
    net.layers[0].reset_state()  # stateful: the state is kept from call to call, and detached
    losses = []
    for x, y in batches:
        net.reset_metrics()  # or train_on_batch returns the mean so far
        losses.append(float(net.train_on_batch(x, y)))
    return losses


def probabilities(logits, temperature):
    """Return the softmax of logits (k,) over the temperature, in 64 bits for drawing."""
    return keras.ops.softmax(keras.ops.cast(logits, "float64") / temperature)
