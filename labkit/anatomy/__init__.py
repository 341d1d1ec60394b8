"""What a network is made of, layer by layer, in one table for PyTorch and for Keras.

Nothing is trained, and no weight is touched: PyTorch models are walked once on the "meta" device,
which knows shapes and no numbers; Keras models carry their shapes with them.
"""

from labkit.anatomy.count_keras import keras_layers
from labkit.anatomy.count_torch import torch_layers
from labkit.anatomy.memory import training_memory

__all__ = ["keras_layers", "torch_layers", "training_memory"]
