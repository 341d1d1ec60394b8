"""The same in Keras: examples first, and the GRU's blocks are z r n."""

import keras
import numpy as np


def swap(w):
    """Return the blocks r z n of the last axis as z r n."""
    r, z, n = np.split(w, 3, axis=-1)
    return np.concatenate([z, r, n], axis=-1)


def outputs(layer, weights, x):
    """Return h of all steps (t, n, h) of a layer with these weights."""
    x = np.swapaxes(x, 0, 1)  # (t, n, d) -> (n, t, d)
    layer.build(x.shape)
    layer.set_weights(weights)
    return np.swapaxes(keras.ops.convert_to_numpy(layer(x)), 0, 1)


def lstm(x, p):
    """Return h of all steps; Keras's order i f c o is ours, one bias."""
    layer = keras.layers.LSTM(len(p["Wh"]), return_sequences=True, dtype="float64")
    return outputs(layer, [p["Wx"], p["Wh"], p["b"]], x)


def gru(x, p):
    """Return h of all steps; reset_after=True, the default, as in PyTorch."""
    layer = keras.layers.GRU(len(p["Wh"]), return_sequences=True, dtype="float64")
    bias = np.stack([swap(p["b"]), swap(p["bh"])])  # (2, 3h)
    return outputs(layer, [swap(p["Wx"]), swap(p["Wh"]), bias], x)
