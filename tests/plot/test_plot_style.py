import itertools
import os
import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.plot import confusion_matrix
from labkit.plot.style import STYLE, new_axes, palette, use_style

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SEEN_BY = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour):
    rgb = np.array(mpl.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    low, high = sorted(TO_XYZ[1] @ linear(colour) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    f = np.cbrt(TO_XYZ @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_every_line_colour_is_readable_as_text_on_white():
    assert min(contrast(colour, "white") for colour in palette()) >= 4.5


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_no_two_line_colours_look_alike(eyes):
    seen = [lab(SEEN_BY[eyes] @ linear(colour)) for colour in palette()]
    distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(distances) > 12  # CIE 1976; about 2 is just noticeable


def test_the_text_of_a_confusion_matrix_is_readable_on_every_share():
    for share in range(0, 101):
        ax = confusion_matrix([[share, 100 - share], [0, 1]], ["a", "b"])
        background = ax.images[0].to_rgba(share / 100)[:3]
        assert contrast(ax.texts[0].get_color(), background) >= 4.5
        plt.close(ax.figure)


def test_the_style_is_small_white_and_readable():
    style = mpl.rc_params_from_file(STYLE, use_default_template=False)
    assert style["figure.dpi"] == style["savefig.dpi"] == 100
    assert style["figure.facecolor"] == "white"
    assert (
        min(value for name, value in style.items() if name.endswith("size") and "font" in name) >= 9
    )
    assert style["image.cmap"] in ("cividis", "viridis")


def test_use_style_restores_the_settings_on_leaving():
    before = dict(mpl.rcParams)
    with use_style():
        assert mpl.rcParams["axes.spines.top"] is False
    assert dict(mpl.rcParams) == before


def test_use_style_applies_without_with():
    stack = use_style()
    try:
        assert mpl.rcParams["figure.constrained_layout.use"] is True
    finally:
        stack.close()


def test_new_axes_makes_a_figure_only_when_none_is_given():
    ax = new_axes()
    assert new_axes(ax) is ax
    assert plt.get_fignums() == [ax.figure.number]


def test_importing_the_plots_loads_no_pyplot():
    code = "import sys, labkit.plot; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ).returncode == 0
    code = code.replace("labkit.plot", "matplotlib.pyplot")
    assert subprocess.run([sys.executable, "-c", code], env=os.environ).returncode == 1
