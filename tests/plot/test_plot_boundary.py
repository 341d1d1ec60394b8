import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.plot import decision_boundary

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([0, 0, 0, 1])


def neuron(x):
    return 1 / (1 + np.exp(-(2 * x[:, 0] + 4 * x[:, 1] - 5)))


def points(ax):
    return [c for c in ax.collections if len(c.get_offsets()) and c.get_label()[0] != "_"]


def test_the_line_is_where_p_is_one_half():
    ax = decision_boundary(neuron, X, Y)
    (contour,) = [c for c in ax.collections if hasattr(c, "levels")]
    vertices = np.concatenate([path.vertices for path in contour.get_paths()])
    np.testing.assert_allclose(neuron(vertices), 0.5, atol=1e-3)
    assert np.ptp(vertices[:, 0]) > 1
    assert "p = 0.5" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_regions_show_the_predicted_class():
    ax = decision_boundary(neuron, X, Y)
    (image,) = ax.images
    assert image.origin == "lower"
    left, right, bottom, top = image.get_extent()
    region = image.get_array()
    u, v = np.meshgrid(
        np.linspace(left, right, region.shape[1]), np.linspace(bottom, top, region.shape[0])
    )
    np.testing.assert_array_equal(region, 2 * u + 4 * v > 5)


def test_each_class_has_its_own_marker_and_its_own_points():
    ax = decision_boundary(neuron, X, Y, class_names=["off", "on"])
    off, on = points(ax)
    np.testing.assert_array_equal(off.get_offsets(), X[:3])
    np.testing.assert_array_equal(on.get_offsets(), X[3:])
    shapes = [len(collection.get_paths()[0].vertices) for collection in (off, on)]
    assert shapes[0] != shapes[1]
    assert [c.get_label() for c in (off, on)] == ["off (truth)", "on (truth)"]


def test_regions_are_named_inside_themselves():
    ax = decision_boundary(neuron, X, Y)
    for text, c in zip(ax.texts, (0, 1), strict=True):
        assert text.get_text() == f"predicts class {c}"
        assert (neuron(np.array([text.get_position()]))[0] > 0.5) == c


def test_hard_predictions_and_scores_give_the_same_regions():
    hard = decision_boundary(lambda x: (neuron(x) > 0.5).astype(float), X, Y)
    scores = decision_boundary(lambda x: np.stack([1 - neuron(x), neuron(x)], 1), X, Y)
    np.testing.assert_array_equal(hard.images[0].get_array(), scores.images[0].get_array())


def test_one_region_draws_no_line_and_does_not_warn():
    ax = decision_boundary(lambda x: np.full(len(x), 0.9), X, Y)
    assert not [c for c in ax.collections if hasattr(c, "levels")]
    assert len(ax.get_legend().get_texts()) == 2


def test_three_classes():
    centres = np.array([[0, 0], [1, 0], [0, 1]])
    ax = decision_boundary(lambda x: -((x[:, None] - centres) ** 2).sum(2), X[:3], [0, 2, 1])
    assert set(np.unique(ax.images[0].get_array())) == {0, 1, 2}
    assert len(points(ax)) == 3


def test_predict_sees_the_dtype_of_the_points_and_the_margin():
    seen = []

    def predict(x):
        seen.append(x)
        return neuron(x)

    decision_boundary(predict, X.astype(np.float32), Y, margin=0.5)
    decision_boundary(predict, X.astype(int), Y, margin=0)
    assert seen[0].dtype == np.float32
    assert (seen[0].min(), seen[0].max()) == (-0.5, 1.5)
    assert (seen[1].min(), seen[1].max()) == (0, 1)


def test_the_axes_given_are_the_axes_drawn_in_and_back():
    ax = plt.figure().add_subplot()
    assert decision_boundary(neuron, X, Y, ax=ax, feature_names=("a (cm)", "b")) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a (cm)", "b")


@pytest.mark.parametrize(
    ("predict", "x", "y", "names", "says"),
    [
        (neuron, np.zeros((4, 3)), Y, None, "two columns"),
        (neuron, X, np.eye(2)[Y], None, "class numbers rather than one-hot"),
        (neuron, X[:0], Y[:0], None, "shape"),
        (neuron, X * np.nan, Y, None, "finite"),
        (neuron, X, Y - 1, None, "whole classes"),
        (neuron, X, Y + 0.5, None, "whole classes"),
        (neuron, X, Y * 2, None, "labels up to 2"),
        (neuron, X, Y, ["one"], "1 names"),
        (lambda x: 8 * neuron(x), X, Y, None, "sigmoid"),
        (lambda x: neuron(x) * np.nan, X, Y, None, "sigmoid"),
        (lambda x: neuron(x)[:, None], X, Y, None, r"\[:, 0\]"),
        (lambda x: neuron(x)[:5], X, Y, None, "shape"),
        (lambda x: np.ones((len(x), 9)), X, Y, None, "at most 5"),
    ],
)
def test_bad_input_says_what_to_do(predict, x, y, names, says):
    with pytest.raises(ValueError, match=says):
        decision_boundary(predict, x, y, class_names=names)
    assert plt.get_fignums() == []
