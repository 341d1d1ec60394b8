"""The chapter's code agrees with a result that can be worked out by hand."""

import runpy
from pathlib import Path

import numpy as np

CODE = Path(__file__).parents[2] / "book/code"


def test_the_mean_of_the_chapter_is_that_of_its_example():
    page = runpy.run_path(str(CODE / "week02_perceptron_numpy.py"))
    assert page["mean"](np.array([1.0, 2.0, 6.0])) == 3.0
