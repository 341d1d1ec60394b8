"""Scores agree with scikit-learn's, intervals with published values, and bad input is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from labkit.metrics import (
    accuracy,
    block_interval,
    bootstrap_interval,
    confusion_matrix,
    dice,
    iou,
    mae,
    mcnemar,
    mean_interval,
    overlaps,
    paired_difference,
    perplexity,
    r2,
    rmse,
    wilson_interval,
)

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50)


@given(LABELS)
def test_accuracy_and_confusion_matrix_agree_with_scikit_learn(pairs):
    y_true, y_pred = np.array(pairs).T
    counts = confusion_matrix(y_true, y_pred, n_classes=4)
    assert accuracy(y_true, y_pred) == pytest.approx(reference.accuracy_score(y_true, y_pred))
    assert (counts == reference.confusion_matrix(y_true, y_pred, labels=range(4))).all()
    assert counts.trace() / counts.sum() == pytest.approx(accuracy(y_true, y_pred))


def test_confusion_matrix_has_the_truth_in_its_rows():
    assert confusion_matrix([0, 0, 0], [1, 1, 2], n_classes=3).tolist() == [
        [0, 2, 1],
        [0, 0, 0],
        [0, 0, 0],
    ]


@given(LABELS)
def test_iou_and_dice_agree_with_sets_of_pixels_and_with_scikit_learn(pairs):
    y_true, y_pred = np.array(pairs).T
    counts = overlaps(y_true, y_pred, n_classes=4)
    j, d = iou(counts), dice(counts)
    for k in range(4):
        a, b = (set(np.flatnonzero(y == k)) for y in (y_true, y_pred))
        assert counts[:, k].tolist() == [len(a & b), len(a | b)]
        if a | b:
            assert j[k] == pytest.approx(len(a & b) / len(a | b))
            assert d[k] == pytest.approx(2 * len(a & b) / (len(a) + len(b)))
        else:
            assert np.isnan(j[k])
            assert np.isnan(d[k])
    there = ~np.isnan(j)
    labels = np.flatnonzero(there)
    found = reference.jaccard_score(y_true, y_pred, labels=labels, average=None)
    np.testing.assert_allclose(j[there], found)
    found = reference.f1_score(y_true, y_pred, labels=labels, average=None)
    np.testing.assert_allclose(d[there], found)


@given(LABELS, st.integers(1, 49))
def test_overlaps_of_batches_add_up_to_those_of_the_set(pairs, cut):
    y_true, y_pred = np.array(pairs).T
    parts = [slice(cut), slice(cut, None)] if cut < len(y_true) else [slice(None)]
    summed = sum(overlaps(y_true[p], y_pred[p], n_classes=4) for p in parts)
    assert summed.dtype == np.int64
    np.testing.assert_array_equal(summed, overlaps(y_true, y_pred, n_classes=4))


def test_overlaps_take_maps_of_any_shape_and_refuse_others():
    maps = np.random.default_rng(0).integers(3, size=(2, 4, 5, 6))
    whole, flat = (overlaps(*pair, n_classes=3) for pair in (maps, maps.reshape(2, -1)))
    np.testing.assert_array_equal(whole, flat)
    with pytest.raises(ValueError, match="of one shape"):
        overlaps(maps[0], maps[1][:3], n_classes=3)
    with pytest.raises(ValueError, match=r"expected labels 0 … 1 in y_true"):
        overlaps(*maps, n_classes=2)


@pytest.mark.parametrize("ratio", [iou, dice])
def test_ratios_refuse_what_are_no_counts(ratio):
    for wrong in ([[0.5, 1.0], [1.0, 1.0]], [1, 2], [[1, 2]]):
        with pytest.raises(ValueError, match="expected integer counts"):
            ratio(wrong)
    for wrong in ([[3, 1], [2, 1]], [[-1], [2]]):
        with pytest.raises(ValueError, match="intersection ≤ union"):
            ratio(wrong)


@given(st.integers(1, 20), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_accuracy_takes_the_largest_of_several_scores(n, k, seed):
    rng = np.random.default_rng(seed)
    scores, y = rng.normal(size=(n, k)), rng.integers(k, size=n)
    assert accuracy(y, scores) == accuracy(y, scores.argmax(axis=1))


def test_accuracy_takes_labels_of_any_number_type_and_sequences_of_labels():
    assert accuracy(np.array([0.0, 1.0], dtype=np.float32), np.array([False, True])) == 1.0
    assert accuracy([[0, 1], [1, 1]], [[0, 1], [0, 1]]) == 0.75


def test_accuracy_refuses_a_single_score_a_row():
    with pytest.raises(ValueError, match=r"got scores such as 0\.7; write \(logits > 0\)"):
        accuracy([0, 1], [0.0, 0.7])


@pytest.mark.parametrize("score", [accuracy, r2, rmse, mae])
def test_scores_refuse_shapes_that_would_broadcast_and_no_rows(score):
    with pytest.raises(ValueError, match=r"got \(3, 1\) and \(3,\)"):
        score(np.arange(3.0)[:, None], np.zeros(3))
    with pytest.raises(ValueError, match="not empty"):
        score(np.zeros(0), np.zeros(0))


@pytest.mark.parametrize("label", [-1, 2, 0.5])
def test_confusion_matrix_refuses_a_label_out_of_range(label):
    with pytest.raises(ValueError, match=rf"labels 0 … 1 in y_pred, got {label}"):
        confusion_matrix([0, 1], [0, label], n_classes=2)


@given(st.integers(2, 30), st.integers(0, 2**32 - 1))
def test_regression_scores_match_their_definitions(n, seed):
    rng = np.random.default_rng(seed)
    y, y_pred = rng.normal(size=n), rng.normal(size=n)
    assert rmse(y, y_pred) == pytest.approx(np.sqrt(np.mean((y - y_pred) ** 2)))
    assert mae(y, y_pred) == pytest.approx(np.mean(np.abs(y - y_pred)))
    assert r2(y, y_pred) == pytest.approx(1 - ((y - y_pred) ** 2).sum() / n / y.var())
    assert mae(y, y_pred) <= rmse(y, y_pred) * (1 + 1e-12)


def test_r2_is_zero_for_the_mean_and_refuses_a_constant_target():
    y = np.array([1.0, 2.0, 6.0])
    assert r2(y, np.full(3, y.mean())) == pytest.approx(0.0)
    with pytest.raises(ValueError, match="constant y_true"):
        r2([2.0, 2.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(20, 20, 0.84, 1), (3, 3, 0.44, 1), (130, 200, 0.58, 0.71), (9789, 10000, 0.976, 0.982)],
)
def test_wilson_interval_matches_published_values(successes, n, low, high):
    digits = 3 if n == 10000 else 2
    assert [round(end, digits) for end in wilson_interval(successes, n)] == [low, high]


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0.01, 0.99))
def test_wilson_interval_holds_the_share_stays_in_range_and_mirrors(n, share, level):
    successes = round(share * n)
    low, high = wilson_interval(successes, n, level=level)
    assert 0 <= low <= successes / n <= high <= 1
    assert wilson_interval(n - successes, n, level=level) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3), (0, 0)])
def test_wilson_interval_refuses_impossible_counts(successes, n):
    with pytest.raises(ValueError, match=rf"got {successes} of {n}"):
        wilson_interval(successes, n)


def test_mean_interval_matches_scipy_and_a_table_of_student():
    from scipy import stats

    values = [0.90, 0.92, 0.91, 0.97]
    expected = stats.t.interval(0.9, 3, loc=np.mean(values), scale=stats.sem(values))
    assert mean_interval(values, level=0.9) == pytest.approx(expected)
    low, high = mean_interval([0.0, 1.0])  # t(1, 0.975) = 12.706, s/√n = 1/2
    assert (high - low) / 2 == pytest.approx(12.706 / 2, abs=1e-3)


def test_mean_interval_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = [low <= 3 <= high for low, high in map(mean_interval, rng.normal(3, 2, (2000, 5)))]
    assert wilson_interval(sum(hits), 2000, level=0.999)[0] <= 0.95
    assert wilson_interval(sum(hits), 2000, level=0.999)[1] >= 0.95


def test_mean_interval_refuses_a_single_run():
    with pytest.raises(ValueError, match="run more seeds"):
        mean_interval([0.9])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_intervals_refuse_a_level_outside_0_and_1(level):
    with pytest.raises(ValueError, match=f"got {level}"):
        wilson_interval(1, 2, level=level)
    with pytest.raises(ValueError, match=f"got {level}"):
        mean_interval([1, 2], level=level)
    with pytest.raises(ValueError, match=f"got {level}"):
        paired_difference([1, 2], [2, 4], level=level)
    with pytest.raises(ValueError, match=f"got {level}"):
        mcnemar([1, 2], [2, 2], [1, 1], level=level)
    with pytest.raises(ValueError, match=f"got {level}"):
        bootstrap_interval([1, 2], rng=np.random.default_rng(0), level=level)


def test_bootstrap_interval_matches_scipy_and_the_normal_theory_of_a_mean():
    values = np.random.default_rng(1).normal(5, 2, 400)
    low, high = bootstrap_interval(values, rng=np.random.default_rng(0))
    half = 1.96 * values.std() / 20
    assert [low, high] == pytest.approx([values.mean() - half, values.mean() + half], abs=0.03)


def test_bootstrap_interval_by_bca_leans_with_the_skewness():
    values = np.random.default_rng(1).exponential(size=60)
    rng = np.random.default_rng(0)
    plain = bootstrap_interval(values, rng=rng, n_resamples=4000)
    bca = bootstrap_interval(values, rng=rng, n_resamples=4000, method="bca")
    assert bca[0] > plain[0]
    assert bca[1] > plain[1]


def test_bootstrap_interval_keeps_rows_together():
    y, scores = np.arange(50) % 2, np.eye(2)[np.arange(50) % 2]  # every row right
    ends = bootstrap_interval((y, scores), accuracy, rng=np.random.default_rng(0), n_resamples=50)
    assert ends == (1.0, 1.0)


@given(st.integers(0, 2**32 - 1))
def test_bootstrap_interval_of_a_sum_of_pictures_is_the_same_for_the_same_generator(seed):
    pictures = np.random.default_rng(seed).random((6, 2, 3))
    once, again = (
        bootstrap_interval(pictures, np.mean, rng=np.random.default_rng(seed), n_resamples=20)
        for _ in range(2)
    )
    assert once == again
    assert pictures.min() <= once[0] <= once[1] <= pictures.max()


def test_bootstrap_interval_refuses_rows_that_do_not_fit_and_an_unknown_method():
    rng = np.random.default_rng(0)
    for rows in ((np.zeros(3), np.zeros(2)), np.zeros(1), np.float64(1)):
        with pytest.raises(ValueError, match="arrays of one length, at least two rows"):
            bootstrap_interval(rows, rng=rng)
    with pytest.raises(ValueError, match="got 'basic'"):
        bootstrap_interval([1.0, 2.0], rng=rng, method="basic")


@given(st.integers(2, 20), st.integers(0, 2**32 - 1))
def test_paired_difference_is_the_interval_of_the_differences_and_turns_with_its_arguments(n, seed):
    base, other = np.random.default_rng(seed).normal(size=(2, n))
    gap, back = paired_difference(base, other), paired_difference(other, base)
    assert (gap.low, gap.high) == mean_interval(other - base)
    assert gap[:3] == pytest.approx((-back.mean, -back.high, -back.low))
    # The variance of a difference, eq-training-correlation.
    expected = base.var(ddof=1) + other.var(ddof=1)
    expected -= 2 * gap.correlation * base.std(ddof=1) * other.std(ddof=1)
    assert gap.sd**2 == pytest.approx(expected)
    assert gap.n == n


def test_paired_difference_of_constant_runs_has_no_correlation_and_of_unlike_runs_is_refused():
    assert np.isnan(paired_difference([1.0, 1.0], [1.0, 2.0]).correlation)
    with pytest.raises(ValueError, match=r"got \(2,\) and \(3,\)"):
        paired_difference([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="run more seeds"):
        paired_difference([1], [2])


def two_classifiers(only_a, only_b, *, n=1000):
    y, a, b = np.zeros((3, n), int)
    a[:only_b], b[only_b : only_b + only_a] = 1, 1
    return y, a, b


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40))
def test_mcnemar_counts_the_rows_that_differ_and_turns_with_its_arguments(only_a, only_b, n_more):
    from scipy import stats

    y, a, b = two_classifiers(only_a, only_b, n=only_a + only_b + n_more)
    found, back = mcnemar(y, a, b), mcnemar(y, b, a)
    assert (found.only_a, found.only_b) == (only_a, only_b)
    assert found.difference == pytest.approx(accuracy(y, b) - accuracy(y, a))
    assert found.low <= found.difference <= found.high
    assert (back.low, back.high) == pytest.approx((-found.high, -found.low))
    if only_a + only_b:
        exact = stats.binomtest(only_a, only_a + only_b).pvalue
        assert found.p_value == pytest.approx(exact)


def test_mcnemar_matches_published_values_and_the_bootstrap_over_rows():
    rows = two_classifiers(18, 30)
    found = mcnemar(*rows)
    assert round(found.p_value, 2) == 0.11
    gain = (rows[2] == rows[0]).astype(float) - (rows[1] == rows[0])
    drawn = bootstrap_interval(gain, rng=np.random.default_rng(0))
    assert (found.low, found.high) == pytest.approx(drawn, abs=0.0015)


def test_mcnemar_has_a_width_even_if_no_row_differs():
    found = mcnemar(*two_classifiers(0, 0))
    assert found.low < 0 < found.high
    assert found.p_value == 1


LOSSES = st.lists(st.floats(0, 20), min_size=1, max_size=40)


@given(LOSSES, st.integers(1, 39))
def test_perplexity_does_not_depend_on_how_the_tokens_were_batched(losses, cut):
    parts = [part for part in np.split(losses, [min(cut, len(losses))]) if len(part)]
    means, sizes = [np.mean(part) for part in parts], [len(part) for part in parts]
    assert perplexity(means, weights=sizes) == pytest.approx(perplexity(losses))


@pytest.mark.parametrize("k", [1, 2, 28])
def test_perplexity_of_a_uniform_guess_is_the_number_of_choices(k):
    assert perplexity(np.full((7, 5), np.log(k))) == pytest.approx(k)


@given(LOSSES)
def test_perplexity_is_at_most_the_mean_of_the_tokens_perplexities(losses):
    assert perplexity(losses) <= np.mean(np.exp(losses)) * (1 + 1e-12)


def test_perplexity_exponentiates_once_after_averaging():
    assert perplexity([1, 2, 3]) == pytest.approx(7.389, abs=1e-3)  # not 10.06


@pytest.mark.parametrize("losses", [[], [-0.1], [np.inf], [np.nan]])
def test_perplexity_refuses_what_is_no_loss(losses):
    with pytest.raises(ValueError, match="expected finite losses"):
        perplexity(losses)


def test_perplexity_refuses_weights_of_another_shape():
    with pytest.raises(ValueError, match="one weight a loss"):
        perplexity([1.0, 2.0], weights=[1.0])


def wandering(rng, n, rho):
    """Return n values, each rho times the one before plus noise: mean 0."""
    values = np.zeros(n)
    for i, shock in enumerate(rng.standard_normal(n)):
        values[i] = rho * values[i - 1] + shock
    return values


def test_blocks_hold_the_mean_of_a_slow_series_where_single_rows_do_not():
    rng, held = np.random.default_rng(0), {1: 0, 100: 0}
    for _ in range(100):
        values = wandering(rng, 2000, 0.95)
        for block in held:
            low, high = block_interval(values, block=block, rng=rng, n_resamples=400)
            held[block] += low <= 0 <= high
    assert held[100] >= 82
    assert held[1] <= 50


def test_blocks_of_one_are_the_ordinary_bootstrap():
    values = np.random.default_rng(1).standard_normal(400)
    low, high = block_interval(values, block=1, rng=np.random.default_rng(2))
    plain = bootstrap_interval(values, rng=np.random.default_rng(3))
    np.testing.assert_allclose((low, high), plain, atol=0.01)


def test_a_constant_difference_has_no_width_and_a_seed_repeats_the_draw():
    for block in (1, 7, 20):
        ends = block_interval(np.full(41, 2.5), block=block, rng=np.random.default_rng(0))
        assert ends == (2.5, 2.5)
    values = np.random.default_rng(0).standard_normal(50)
    same = [block_interval(values, block=5, rng=np.random.default_rng(4)) for _ in "ab"]
    assert same[0] == same[1]


@pytest.mark.parametrize(("shape", "block"), [((10,), 0), ((10,), 6), ((10, 1), 2), ((0,), 1)])
def test_blocks_out_of_range_are_refused(shape, block):
    with pytest.raises(ValueError, match="1 <= block <= n / 2"):
        block_interval(np.zeros(shape), block=block, rng=np.random.default_rng(0))
