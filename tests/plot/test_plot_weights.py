import numpy as np
import pytest

from labkit.plot import weight_histogram


def counts(ax):
    return [patch.get_data().values for patch in ax.patches]


def test_every_weight_of_a_layer_is_counted_once():
    rng = np.random.default_rng(0)
    layers = {"first": rng.normal(size=(28, 64)), "last": 0.1 * rng.normal(size=(64, 1))}
    ax = weight_histogram(layers)
    assert [values.sum() for values in counts(ax)] == [28 * 64, 64]
    assert ax.get_yscale() == "log"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["first (1,792 weights)", "last (64 weights)"]


def test_layers_share_their_bins_and_differ_in_their_dash():
    ax = weight_histogram({"a": np.ones(3), "b": np.array([-2.0, 0.1])}, bins=4)
    edges = [patch.get_data().edges.tolist() for patch in ax.patches]
    assert edges[0] == edges[1] == [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert ax.patches[0].get_linestyle() != ax.patches[1].get_linestyle()


def test_weights_beyond_the_limit_join_the_last_bin():
    ax = weight_histogram({"a": np.array([-9.0, 0.5, 9.0, 9.0])}, bins=2, limit=1.0)
    assert counts(ax)[0].tolist() == [1, 3]


def test_zeros_alone_can_be_drawn():
    assert counts(weight_histogram({"a": np.zeros(5)}, bins=3))[0].sum() == 5


@pytest.mark.parametrize("weights", [np.array([]), np.array([1.0, np.nan])])
def test_a_layer_without_finite_weights_is_refused_by_name(weights):
    with pytest.raises(ValueError, match="finite weights in 'layer 2'"):
        weight_histogram({"layer 1": np.ones(2), "layer 2": weights})


def test_no_layers_are_refused():
    with pytest.raises(ValueError, match="at least one layer"):
        weight_histogram({})
