"""A net with penalties, max-norm, dropout and input noise, and AdamW, in Keras."""

import keras
from keras.layers import Dense, Dropout, GaussianNoise


def network(d, units, *, a=0.0, b=0.0, c=None, dropout=0.0, noise=0.0):
    """Return a net from d inputs to one logit; the penalties join the loss by themselves."""
    options = {"activation": "elu", "kernel_regularizer": keras.regularizers.L1L2(a, b)}
    if c is not None:  # applied after each step; axis 0: a column belongs to a unit
        options["kernel_constraint"] = keras.constraints.MaxNorm(c, axis=0)
    hidden = []
    for _ in range(2):
        hidden += [Dense(units, **options), Dropout(dropout)]
    return keras.Sequential([keras.Input((d,)), GaussianNoise(noise), *hidden, Dense(1)])


def penalty(net):
    """Return a Σ|w| + b Σ w² over the hidden layers, as it is in `loss` and in `val_loss`."""
    return sum(net.losses)


def adamw(rate, decay, epsilon=1e-7):
    """Return the optimiser; its decay passes by the division by √s."""
    return keras.optimizers.AdamW(learning_rate=rate, weight_decay=decay, epsilon=epsilon)
