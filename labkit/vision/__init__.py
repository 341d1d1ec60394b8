"""Pictures for PyTorch: random views, pretrained backbones, and features that are computed once."""

from labkit.vision.augment_torch import augment
from labkit.vision.features_torch import features
from labkit.vision.pretrained_torch import Backbone, pretrained

__all__ = ["Backbone", "augment", "features", "pretrained"]
