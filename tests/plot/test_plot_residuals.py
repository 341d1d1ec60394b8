import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.plot import residuals


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_each_row_is_a_point_truth_minus_prediction_over_prediction(shape):
    y_true, y_pred = np.array([1.0, 2, 3, 5]), np.array([1.5, 2, 2, 9])
    ax = residuals(y_true.reshape(shape), y_pred.reshape(shape), unit="kg")
    points = ax.collections[0].get_offsets().data
    np.testing.assert_array_equal(points, np.stack([y_pred, [-0.5, 0, 1, -4]], axis=1))
    assert ax.get_xlabel() == "prediction (kg)"
    assert ax.get_ylabel() == "residual: truth − prediction (kg)"
    assert list(ax.get_lines()[0].get_ydata()) == [0, 0]


def test_many_points_are_drawn_lighter():
    few, many = (residuals(np.zeros(n), np.ones(n)).collections[0] for n in (5, 1000))
    assert few.get_alpha() == 1
    assert 0 < many.get_alpha() < 1


def test_the_unit_may_be_left_out_and_the_axes_given():
    _, ax = plt.subplots()
    assert residuals(np.zeros(3), np.ones(3), ax=ax) is ax
    assert ax.get_xlabel() == "prediction"


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        (np.zeros((3, 1)), np.zeros(3), r"got \(3, 1\) and \(3,\); subtracting"),
        (np.zeros((3, 2)), np.zeros((3, 2)), r"got \(3, 2\)"),
        (np.zeros(0), np.zeros(0), r"got \(0,\)"),
        (np.array([1.0, np.nan]), np.zeros(2), "finite"),
    ],
)
def test_residuals_refuse_what_does_not_fit(y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        residuals(y_true, y_pred)
