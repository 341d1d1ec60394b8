"""Tokens and vocabularies are lossless where they claim to be; batches use each token once."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.data.text import characters
from labkit.text import Vocab, random_batches, sequential_batches, tokenise

SAMPLERS = pytest.mark.parametrize("batches", [sequential_batches, random_batches])
LINES = st.lists(st.text("ab c", max_size=12), max_size=6)


@st.composite
def sizes(draw):
    batch_size, steps = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    n = draw(st.integers((batch_size + 1) * steps, (batch_size + 1) * steps + 150))
    return n, {"batch_size": batch_size, "steps": steps}, draw(st.integers(0, 2**32))


def epoch(batches, n, size, seed):
    return list(batches(np.arange(n), rng=np.random.default_rng(seed), **size))


@SAMPLERS
@given(case=sizes())
def test_targets_are_the_inputs_shifted_by_one(batches, case):
    for x, y in epoch(batches, *case):
        assert x.shape == y.shape == (case[1]["batch_size"], case[1]["steps"])
        assert (y == x + 1).all()  # the tokens are their own places
        assert (np.diff(x, axis=1) == 1).all()


@SAMPLERS
@given(case=sizes())
def test_no_token_is_an_input_or_a_target_twice_in_an_epoch(batches, case):
    for place in (0, 1):
        used = np.concatenate([pair[place].ravel() for pair in epoch(batches, *case)])
        assert len(used) == len(set(used.tolist()))
        assert used.max() < case[0]


@SAMPLERS
@given(case=sizes())
def test_an_epoch_leaves_out_less_than_one_minibatch_and_the_offset(batches, case):
    n, size, _ = case
    one = size["batch_size"] * size["steps"]
    used = one * len(epoch(batches, *case))
    assert n - used <= one + size["steps"] + size["batch_size"]


@given(case=sizes())
def test_each_row_goes_on_where_it_ended_in_sequential_batches(case):
    xs = [x for x, _ in epoch(sequential_batches, *case)]
    for before, after in pairwise(xs):
        assert (after[:, 0] == before[:, -1] + 1).all()


def test_random_batches_come_in_another_order_than_the_text():
    size = {"batch_size": 4, "steps": 5}
    starts = np.concatenate([x[:, 0] for x, _ in epoch(random_batches, 1000, size, 3)])
    assert (np.diff(starts) < 0).any()
    assert (np.diff(np.sort(starts)) % 5 == 0).all()


@SAMPLERS
def test_the_same_seed_draws_the_same_batches_and_the_next_epoch_others(batches):
    rng, again = np.random.default_rng(0), np.random.default_rng(0)
    size = {"batch_size": 3, "steps": 9}
    first, second = (list(batches(np.arange(500), rng=rng, **size)) for _ in range(2))
    assert np.array_equal(first, list(batches(np.arange(500), rng=again, **size)))
    assert not np.array_equal(first, second)


@SAMPLERS
def test_the_published_protocol_makes_eight_minibatches_an_epoch(batches):
    for seed in range(50):
        assert len(epoch(batches, 10_000, {"batch_size": 32, "steps": 35}, seed)) == 8


@SAMPLERS
@pytest.mark.parametrize("shape", [(11,), (4, 30), (0,)])
def test_a_text_too_short_for_a_minibatch_is_refused_at_once(batches, shape):
    with pytest.raises(ValueError, match=r"at least 12 tokens .* for 3 x 3"):
        batches(np.zeros(shape, int), batch_size=3, steps=3, rng=np.random.default_rng(0))


@SAMPLERS
@given(batch_size=st.integers(1, 5), steps=st.integers(1, 6), seed=st.integers(0, 99))
def test_the_shortest_text_allowed_always_gives_a_minibatch(batches, batch_size, steps, seed):
    size = {"batch_size": batch_size, "steps": steps}
    assert len(epoch(batches, (batch_size + 1) * steps, size, seed)) >= 1


@given(LINES)
def test_characters_are_the_lines_joined_and_words_their_parts(lines):
    assert "".join(tokenise(lines)) == "".join(lines)
    assert tokenise(lines, unit="word") == [word for line in lines for word in line.split()]


def test_one_string_instead_of_lines_is_refused():
    with pytest.raises(TypeError, match=r"write \[text\]"):
        tokenise("so it was")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="got 'syllable'"):
        tokenise(["a"], unit="syllable")


@given(st.lists(st.sampled_from("abcdef"), min_size=1))
def test_known_tokens_survive_encoding_and_decoding(tokens):
    vocab = Vocab(tokens)
    assert vocab.decode(vocab.encode(tokens)) == tokens
    assert vocab.counts.sum() == len(tokens)
    assert (np.bincount(vocab.encode(tokens), minlength=len(vocab)) == vocab.counts).all()


@given(st.lists(st.sampled_from("abcdef")), st.integers(1, 4))
def test_rare_tokens_become_unknown_and_are_counted_there(tokens, min_count):
    vocab = Vocab(tokens, min_count=min_count)
    kept = {token for token in tokens if tokens.count(token) >= min_count}
    assert vocab.tokens[0] == "<unk>"
    assert set(vocab.tokens[1:].tolist()) == kept
    assert vocab.counts[0] == sum(token not in kept for token in tokens)
    assert (np.diff(vocab.counts[1:]) <= 0).all()


def test_equally_frequent_tokens_stand_in_alphabetical_order():
    assert Vocab("cab").tokens.tolist() == ["<unk>", "a", "b", "c"]


def test_unknown_in_the_text_is_no_second_entry():
    vocab = Vocab(["a", "<unk>", "a"])
    assert vocab.tokens.tolist() == ["<unk>", "a"]
    assert vocab.counts.tolist() == [1, 2]
    assert vocab.encode(["<unk>", "z"]).tolist() == [0, 0]


def test_an_empty_text_leaves_only_unknown():
    assert len(Vocab([])) == 1


def test_a_minimum_below_one_is_refused():
    with pytest.raises(ValueError, match="min_count >= 1, got 0"):
        Vocab("a", min_count=0)


def test_an_id_out_of_range_is_refused():
    with pytest.raises(IndexError):
        Vocab("ab").decode([3])


@given(LINES.filter(lambda lines: len("".join(lines).replace(" ", "")) > 1))
def test_the_vocabulary_of_characters_is_that_of_the_loader(lines):
    book = characters("\n".join(lines))
    stream = tokenise(book.extra["lines"])
    vocab = Vocab(stream)
    assert vocab.tokens.tolist() == book.extra["vocabulary"].tolist()
    assert (vocab.encode(stream)[:-1] == book.train.x).all()
