"""Transfer in two phases: a head on a frozen base, then the base's last layers, in Keras."""

import keras


def transfer(base):
    """Return a pretrained base, frozen, under a new head."""
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    return keras.Model(inputs, keras.layers.Dense(1)(base(inputs)))  # one logit


def unfreeze_last(base, n):
    """Make the last n layers of the base trainable but for batch norm, and no other."""
    base.trainable = False  # first: where it is True already, setting True does nothing
    base.trainable = True
    for place, layer in enumerate(base.layers):
        # Frozen batch norm works in inference mode; base(…, training=False) is undone by fit.
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = place >= len(base.layers) - n and not norm


def count_trainable(model):
    """Return how many numbers training would change."""
    return sum(int(w.shape.num_elements()) for w in model.trainable_weights)


def train(model, x, y, epochs, rate):
    """Train in place on all rows at once; return the cross-entropy before each step."""
    model.compile(  # after each change of trainable: compile reads it
        keras.optimizers.RMSprop(learning_rate=rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    fit = {"batch_size": len(x), "epochs": epochs, "shuffle": False, "verbose": 0}
    return model.fit(x, y[:, None], **fit).history["loss"]
