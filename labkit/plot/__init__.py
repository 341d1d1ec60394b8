"""Plots that the labs share: data first, ``ax=None`` for a new figure, the Axes come back.

Every plotter draws in the one style of ``labkit.mplstyle`` and never calls ``show``. Importing
this package loads no pyplot.
"""

from labkit.plot.boundary import decision_boundary
from labkit.plot.budget import stacked_bars
from labkit.plot.comparisons import paired, replicates, roc
from labkit.plot.confusion import confusion_matrix
from labkit.plot.curves import learning_curve
from labkit.plot.forecast import error_by, forecast
from labkit.plot.gates import gate_map
from labkit.plot.images import feature_maps, image_grid
from labkit.plot.masks import mask_grid
from labkit.plot.residuals import residuals
from labkit.plot.style import use_style
from labkit.plot.surfaces import activation, loss_surface, paths
from labkit.plot.weights import weight_histogram

__all__ = [
    "activation",
    "confusion_matrix",
    "decision_boundary",
    "error_by",
    "feature_maps",
    "forecast",
    "gate_map",
    "image_grid",
    "learning_curve",
    "mask_grid",
    "loss_surface",
    "paired",
    "replicates",
    "paths",
    "residuals",
    "roc",
    "stacked_bars",
    "use_style",
    "weight_histogram",
]
