import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.data.playground import playground

NAMES = ("circle", "xor", "gauss", "spiral")


def draw(name, *, n=500, noise=0.0, seed=0):
    return playground(name, n=n, noise=noise, rng=np.random.default_rng(seed))


def flipped(x, y):
    """Rows whose label is not that of the quadrant in which they stand."""
    return y != np.sign(x[:, 0] * x[:, 1])


@given(st.sampled_from(NAMES), st.integers(1, 40), st.floats(0, 0.5), st.integers(0, 2**31))
def test_every_set_has_n_finite_rows_and_targets_of_plus_or_minus_one(name, half, noise, seed):
    x, y = draw(name, n=2 * half, noise=noise, seed=seed)
    assert x.shape == (2 * half, 2)
    assert y.shape == (2 * half,)
    assert x.dtype == y.dtype == np.float64
    assert np.isfinite(x).all()
    assert set(y) <= {-1.0, 1.0}


@given(st.sampled_from(NAMES), st.floats(0, 0.5), st.integers(0, 2**31))
def test_the_same_seed_draws_the_same_rows(name, noise, seed):
    first, second = (draw(name, n=20, noise=noise, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(first.x, second.x)
    np.testing.assert_array_equal(first.y, second.y)


@pytest.mark.parametrize("name", ["circle", "xor", "spiral"])
def test_rows_stay_within_six_at_the_highest_noise(name):
    assert np.abs(draw(name, n=20_000, noise=0.5).x).max() <= 6


def test_without_noise_the_xor_label_is_the_sign_of_the_product_and_the_cross_is_empty():
    x, y = draw("xor", n=10_000)
    assert not flipped(x, y).any()
    assert np.abs(x).min() >= 0.3
    assert np.abs(x).max() <= 5.3


def test_xor_noise_flips_labels_near_the_axes_only_and_leaves_the_points_where_they_were():
    x, y = draw("xor", n=10_000, noise=0.25)
    wrong = flipped(x, y)
    assert 0.05 < wrong.mean() < 0.09
    assert np.abs(x[wrong]).min(axis=1).max() <= 1.25
    assert np.abs(x).min() >= 0.3
    np.testing.assert_array_equal(x, draw("xor", n=10_000).x)


def test_without_noise_the_circle_label_is_the_side_of_radius_two_and_a_half():
    x, y = draw("circle", n=10_000)
    radius = np.hypot(*x.T)
    np.testing.assert_array_equal(y, np.where(radius < 2.5, 1, -1))
    assert not ((radius > 2.5) & (radius < 3.5)).any()


def test_circle_noise_reads_the_label_of_the_moved_point_at_radius_two_and_a_half():
    x, y = draw("circle", n=20_000, noise=0.01)  # moves a point by at most 0.0708
    radius = np.hypot(*x.T)
    assert (y[radius < 2.42] > 0).all()
    assert (y[radius > 2.58] < 0).all()
    assert (y[(radius > 2.46) & (radius < 2.5)] < 0).any()


def test_circle_noise_flips_labels_on_both_sides_of_the_gap():
    x, y = draw("circle", n=10_000, noise=0.3)
    inside = np.hypot(*x.T) < 3
    assert (y[inside] < 0).any()
    assert (y[~inside] > 0).any()


def test_gauss_noise_sets_the_variance_of_both_clouds():
    for noise, variance in ((0.0, 0.5), (0.25, 2.25), (0.5, 4.0)):
        x, y = draw("gauss", n=40_000, noise=noise)
        for label in (-1.0, 1.0):
            cloud = x[y == label]
            np.testing.assert_allclose(cloud.mean(axis=0), 2 * label, atol=0.05)
            np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.05)


def test_without_noise_the_second_spiral_is_the_first_one_turned_by_half_a_turn():
    x, y = draw("spiral", n=100)
    first, second = (part[np.argsort(np.hypot(*part.T))] for part in (x[y > 0], x[y < 0]))
    np.testing.assert_allclose(first, -second, atol=1e-12)
    assert np.hypot(*x.T).max() < 5


def test_spiral_noise_moves_each_coordinate_by_at_most_the_noise():
    clean, noisy = draw("spiral", noise=0.0), draw("spiral", noise=0.4)
    moved = np.abs(noisy.x - clean.x)
    assert 0.35 < moved.max() <= 0.4


def test_rows_come_shuffled_so_that_either_half_holds_both_classes():
    for name in NAMES:
        y = draw(name).y
        assert 0.3 < (y[:250] > 0).mean() < 0.7


def test_an_unknown_name_is_refused_with_the_names_that_exist():
    with pytest.raises(ValueError, match="circle, xor, gauss, spiral, got 'moons'"):
        draw("moons")


def test_a_noise_in_percent_is_refused_with_the_fraction_to_use():
    with pytest.raises(ValueError, match=r"25 % is 0\.25"):
        draw("xor", noise=25)


@pytest.mark.parametrize("n", [0, 7, -2])
def test_an_odd_or_empty_set_is_refused(n):
    with pytest.raises(ValueError, match="positive even"):
        draw("xor", n=n)
