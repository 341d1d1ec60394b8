"""Ragged sequences, vocabularies and the text loaders."""

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.data import text
from labkit.data.text import Sequences, encode, fit_vocabulary, multi_hot, tokenise

rows_of_ids = st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=12)
words = st.text("abcd", min_size=1, max_size=2)
texts = st.lists(st.lists(words, max_size=8).map(" ".join), min_size=1, max_size=8)


def write(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@given(rows_of_ids)
def test_sequences_give_back_their_rows(rows):
    sequences = Sequences.of(rows)
    assert len(sequences) == len(rows)
    assert [row.tolist() for row in sequences] == rows
    assert sequences.ids.dtype == sequences.offsets.dtype == np.int64


@given(rows_of_ids, st.data())
def test_sequences_take_rows_as_a_list_would(rows, data):
    sequences, n = Sequences.of(rows), len(rows)
    picks = data.draw(st.lists(st.integers(-n, n - 1), max_size=9)) if n else []
    cut = data.draw(st.slices(n))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
    chosen = np.array(picks, int)
    assert [row.tolist() for row in sequences.take(chosen)] == [rows[k] for k in picks]
    assert [row.tolist() for row in sequences[cut]] == rows[cut]
    assert [row.tolist() for row in sequences[mask]] == [rows[k] for k in np.flatnonzero(mask)]
    assert [sequences[k].tolist() for k in range(-n, n)] == rows + rows


def test_a_row_that_is_not_there_is_an_index_error():
    with pytest.raises(IndexError):
        Sequences.of([[1]])[1]


@pytest.mark.parametrize("offsets", [[], [1, 2], [0, 3], [0, 2, 1, 2]])
def test_offsets_that_do_not_fit_are_refused(offsets):
    with pytest.raises(ValueError, match="expected offsets from 0 to 2 that never fall"):
        Sequences(np.array([5, 6]), np.array(offsets, np.int64))


@given(rows_of_ids, st.integers(1, 50))
def test_multi_hot_has_a_one_exactly_where_a_row_has_the_word(rows, n_words):
    hot = multi_hot(Sequences.of(rows), n_words)
    assert hot.shape == (len(rows), n_words)
    assert hot.dtype == np.float32
    for row, line in zip(rows, hot, strict=True):
        expected = {word if word < n_words else 0 for word in row}
        assert set(np.flatnonzero(line)) == expected
        assert set(line.tolist()) <= {0.0, 1.0}


@given(rows_of_ids, st.randoms())
def test_multi_hot_ignores_the_order_and_the_number_of_words(rows, random):
    mixed = [random.sample(row * 2, 2 * len(row)) for row in rows]
    one, two = multi_hot(Sequences.of(rows), 41), multi_hot(Sequences.of(mixed), 41)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("ids", "n_words"), [([0], 0), ([-1], 5)])
def test_multi_hot_refuses_no_columns_and_negative_ids(ids, n_words):
    with pytest.raises(ValueError, match="expected n_words >= 1 and ids >= 0"):
        multi_hot(Sequences.of([ids]), n_words)


def test_tokenise_drops_markup_and_signs_and_keeps_inner_apostrophes():
    assert tokenise("Don't<br /><br />STOP -- 'now'!&#3; 3.5") == ["don't", "stop", "now", "3", "5"]


@given(texts, st.integers(1, 10))
def test_a_vocabulary_holds_unknown_and_then_the_most_frequent_words(train, n_words):
    vocabulary = fit_vocabulary(train, n_words)
    every = " ".join(train).split()
    counts = [every.count(word) for word in vocabulary[1:]]
    assert vocabulary[0] == "<unk>"
    assert len(vocabulary) == min(n_words, 1 + len(set(every)))
    assert counts == sorted(counts, reverse=True)
    left_out = set(every) - set(vocabulary.tolist())
    assert all(every.count(word) <= min(counts, default=np.inf) for word in left_out)


@given(texts)
def test_a_vocabulary_does_not_depend_on_the_order_of_the_texts(train):
    assert fit_vocabulary(train, 5).tolist() == fit_vocabulary(train[::-1], 5).tolist()


def test_a_vocabulary_without_room_is_refused():
    with pytest.raises(ValueError, match="n_words=0"):
        fit_vocabulary(["a"], 0)


@given(texts, texts, st.integers(1, 6))
def test_the_vocabulary_is_fitted_on_training_rows_only(train, test, n_words):
    halves = (train, [0] * len(train)), (test, [1] * len(test))
    data = text.classified(*halves, n_words=n_words, class_names=("-", "+"))
    vocabulary = data.extra["vocabulary"]
    assert vocabulary.tolist() == fit_vocabulary(train, n_words).tolist()
    for part, half in ((data.train, train), (data.test, test)):
        assert part.x.ids.max(initial=0) < len(vocabulary)
        for row, source in zip(part.x, half, strict=True):
            known = [word if word in vocabulary else "<unk>" for word in source.split()]
            assert vocabulary[row].tolist() == known


def test_an_unknown_word_is_0():
    assert encode(["new old"], fit_vocabulary(["old"], 9))[0].tolist() == [0, 1]


def reviews(n, *, repeated=()):
    rows = [{"t": f"film {k} was seen", "s": int(k >= n // 2)} for k in range(n)]
    return rows + [rows[k] for k in repeated]


def test_imdb_drops_repeats_and_splits_each_class_in_halves(tmp_path):
    path = write(tmp_path / "reviews.json", reviews(40, repeated=[0, 0, 3, 39]))
    train, test = text.imdb_halves(path)
    assert len(train[0]) + len(test[0]) == 40
    assert not set(train[0]) & set(test[0])
    assert sum(train[1]) == sum(test[1]) == 10


def test_the_imdb_split_depends_on_nothing_but_the_texts(tmp_path):
    rows = reviews(30)
    one = text.imdb_halves(write(tmp_path / "a.json", rows))
    two = text.imdb_halves(write(tmp_path / "b.json", rows[::-1]))
    assert one == two
    digests = [hashlib.sha256(t.encode()).hexdigest() for t in one[0][0]]
    assert digests == sorted(digests)
    first = min(rows, key=lambda row: hashlib.sha256(row["t"].encode()).digest())
    assert first["t"] == one[0][0][0]  # the 1st of its class goes to training


def test_load_imdb_returns_word_ids_and_a_vocabulary_that_decodes_them(tmp_path):
    path = write(tmp_path / "reviews.json", reviews(20))
    data = text.load_imdb({"any": path}, n_words=4)
    assert data.class_names == ("negative", "positive")
    assert data.extra["vocabulary"].tolist()[:4] == ["<unk>", "film", "seen", "was"]
    assert " ".join(data.extra["vocabulary"][data.test.x[0]]) == "film <unk> was seen"
    assert data.test.y.dtype == np.int64


@pytest.mark.parametrize("row", [{"t": "", "s": 1}, {"t": "x", "s": 2}, {"text": "x"}, "x"])
def test_imdb_refuses_rows_of_another_form(tmp_path, row):
    with pytest.raises(ValueError, match="expected rows"):
        text.load_imdb({"any": write(tmp_path / "reviews.json", [row])})


def test_imdb_refuses_a_text_with_both_labels(tmp_path):
    rows = [{"t": "same", "s": 0}, {"t": "same", "s": 1}]
    with pytest.raises(ValueError, match="got both for 'same'"):
        text.load_imdb({"any": write(tmp_path / "reviews.json", rows)})


def story(id, *topics, body="text"):
    return {"id": str(id), "topics": list(topics), "title": "T", "body": body}


@pytest.fixture
def reuters(tmp_path):
    first = [story(9, "acq"), story(2, "earn"), story(14818, "earn"), story(3, "ship", "acq")]
    second = [story(14819, "earn"), story(20000, "tea"), story(15000, "acq"), story(7)]
    second += [story(8, "acq", body=""), {"id": "5", "topics": ["earn"]}, story(4, "tea")]
    return {
        "a": write(tmp_path / "reuters-000.json", first),
        "b": write(tmp_path / "reuters-001.json", second),
    }


def test_reuters_is_split_by_time_and_keeps_frequent_training_topics(reuters):
    train, test, topics = text.reuters_halves(reuters.values(), n_topics=2)
    assert topics == ("earn", "acq")  # acq comes before tea by the alphabet
    assert train[1] == [0, 1, 0]  # ids 2, 9, 14818
    assert test[1] == [0, 1]  # ids 14819, 15000; tea is left out


def test_reuters_without_enough_topics_is_refused(reuters):
    with pytest.raises(ValueError, match="expected 46 topics, got 3"):
        text.load_reuters(reuters)


def test_reuters_without_ids_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected an id"):
        text.load_reuters({"a": write(tmp_path / "r.json", [{"body": "x"}])})


def test_load_reuters_names_its_classes_by_topic(tmp_path):
    stories = [story(k, f"topic{k % 46:02}", body=f"word{k % 46}") for k in range(92)]
    stories += [story(15000, "topic00", body="new")]
    data = text.load_reuters({"a": write(tmp_path / "r.json", stories)})
    assert len(data.class_names) == 46
    assert (len(data.train), len(data.test)) == (92, 1)
    assert data.test.x[0].tolist() == [0]
    assert data.class_names[data.test.y[0]] == "topic00"


BOOK = "The Time Machine, by H. G. Wells [1898]\r\n\r\n\r\nI\r\n\tDon't PANIC\n"


def test_a_novel_is_letters_and_blanks_line_by_line(tmp_path):
    (tmp_path / "book.txt").write_bytes(BOOK.encode())
    for load in (text.load_time_machine, text.load_novel):
        data = load({"any": tmp_path / "book.txt"})
        assert data.extra["lines"][0] == "the time machine by h g wells"
        assert data.extra["lines"][-1] == "don t panic"
        signs = data.extra["vocabulary"]
        stream = "".join(signs[data.train.x]) + signs[data.train.y[-1]]
        assert stream == "".join(data.extra["lines"])


@given(st.text(min_size=2).filter(lambda t: sum(c.isascii() and c.isalpha() for c in t) > 1))
def test_characters_come_with_their_successors(book):
    data = text.characters(book)
    np.testing.assert_array_equal(data.train.x[1:], data.train.y[:-1])
    assert data.train.x.dtype == data.train.y.dtype == np.int64
    assert data.train.x.min() >= 1  # nothing in the book itself is unknown
    assert set(data.extra["vocabulary"][1:]) <= set("abcdefghijklmnopqrstuvwxyz ")


def test_a_text_without_letters_is_refused():
    with pytest.raises(ValueError, match="expected a text with letters"):
        text.characters("1898 …")
