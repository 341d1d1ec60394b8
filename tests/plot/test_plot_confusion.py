import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.plot import confusion_matrix

COUNTS = np.array([[10556, 1944], [1086, 11414]])


def test_rows_are_the_truth_and_columns_the_prediction():
    ax = confusion_matrix(COUNTS, ["negative", "positive"])
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("truth", "prediction")
    text = {text.get_position()[::-1]: text.get_text() for text in ax.texts}
    assert text == {
        (0, 0): "10,556\n84.4 %",
        (0, 1): "1,944\n15.6 %",
        (1, 0): "1,086\n8.7 %",
        (1, 1): "11,414\n91.3 %",
    }
    ax.figure.canvas.draw()
    assert ax.transData.transform((0, 0))[1] > ax.transData.transform((0, 1))[1]  # row 0 on top
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["negative", "positive"]


def test_the_colour_is_the_share_of_the_row():
    (image,) = confusion_matrix(COUNTS, ["no", "yes"]).images
    np.testing.assert_allclose(image.get_array().sum(axis=1), 1)
    assert image.get_clim() == (0, 1)
    assert image.get_cmap().name == "cividis"


def test_a_class_without_examples_has_counts_but_no_shares():
    ax = confusion_matrix([[0, 0], [1, 2]], ["a", "b"])
    assert [text.get_text() for text in ax.texts[:2]] == ["0", "0"]


def test_many_classes_get_a_colour_bar_instead_of_text():
    ax = confusion_matrix(np.eye(46, dtype=int), list(range(46)))
    assert not ax.texts
    assert len(ax.figure.axes) == 2
    assert len(ax.get_xticklabels()) == 46


def test_the_axes_given_are_the_axes_drawn_in_and_back():
    ax = plt.figure().add_subplot()
    assert confusion_matrix(COUNTS, ["no", "yes"], ax=ax) is ax
    assert isinstance(ax, mpl.axes.Axes)


@pytest.mark.parametrize(
    ("counts", "names", "says"),
    [
        (COUNTS / 2, ["a", "b"], "pass the counts, not shares"),
        (COUNTS[:1], ["a"], r"\(k, k\)"),
        (np.zeros((0, 0), int), [], r"\(k, k\)"),
        (5, ["a"], r"\(k, k\)"),
        (-COUNTS, ["a", "b"], "at least 0"),
        (COUNTS, ["a"], "2 different names"),
        (COUNTS, ["a", "a"], "2 different names"),
        (COUNTS, ["a", " "], "2 different names"),
    ],
)
def test_bad_input_says_what_to_do(counts, names, says):
    with pytest.raises(ValueError, match=says):
        confusion_matrix(counts, names)
    assert plt.get_fignums() == []
