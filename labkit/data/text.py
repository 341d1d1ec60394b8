"""Texts: film reviews and newswire as word ids, two novels as characters.

Reviews and newswire have examples of different lengths, so x is a `Sequences`. Their vocabulary
is the most frequent words of the *training* rows; id 0 is "<unk>", every other word.
"""

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from labkit.text import UNKNOWN, Vocab
from labkit.types import Dataset, Split

#: Reuters' last training document in the chronological split.
LAST_TRAINING_ID = 14818
_MARKUP = re.compile(r"<[^<>]*>|&#?\w+;")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")


@dataclass(frozen=True)
class Sequences:
    """Rows of different lengths, stored end to end.

    Attributes
    ----------
    ids : ndarray of shape (total,), int64
        All rows, one after the other.
    offsets : ndarray of shape (n + 1,), int64
        Row i is ids[offsets[i]:offsets[i + 1]].

    Raises
    ------
    ValueError
        If the offsets do not lead from 0 to the number of ids without a step back.

    Examples
    --------
    >>> rows = Sequences.of([[5, 2], [], [7]])
    >>> len(rows), rows[2].tolist(), rows[:2].offsets.tolist()
    (3, [7], [0, 2, 2])
    """

    ids: np.ndarray
    offsets: np.ndarray

    def __post_init__(self):
        at = self.offsets
        if len(at) == 0 or at[0] != 0 or at[-1] != len(self.ids) or (np.diff(at) < 0).any():
            raise ValueError(
                f"expected offsets from 0 to {len(self.ids)} that never fall, got {at}"
            )

    @classmethod
    def of(cls, rows) -> "Sequences":
        """Return the Sequences of an iterable of rows, each an array or list of ids."""
        rows = [np.asarray(row, np.int64) for row in rows]
        offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
        return cls(np.concatenate([np.empty(0, np.int64), *rows]), offsets)

    def __len__(self):
        return len(self.offsets) - 1

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, rows):
        """Return one row's ids for a number, else the Sequences of those rows, as NumPy would."""
        starts, stops = self.offsets[:-1][rows], self.offsets[1:][rows]
        if np.ndim(starts) == 0:
            return self.ids[starts:stops]
        offsets = np.concatenate([[0], np.cumsum(stops - starts)])
        # Position in ids of each id: its place in the new row, moved to where the row began.
        shift = np.repeat(starts - offsets[:-1], stops - starts)
        return Sequences(self.ids[np.arange(offsets[-1]) + shift], offsets)

    def take(self, rows) -> "Sequences":
        """Return the rows of a slice, a mask or an array of numbers, in that order."""
        return self[rows]


def multi_hot(sequences, n_words: int) -> np.ndarray:
    """Return which words each row holds, as zeros and ones.

    Parameters
    ----------
    sequences : Sequences of length n
        Word ids, most frequent words first.
    n_words : int
        Number of columns. An id beyond it counts as 0, "<unk>", as if the vocabulary had been
        cut to its n_words most frequent words.

    Returns
    -------
    ndarray of shape (n, n_words), float32
        1 where row i has word j at least once.

    Raises
    ------
    ValueError
        If n_words is not positive or an id is negative.

    References
    ----------
    Chollet, "Deep learning with Python", 2021, chapter 4.

    Examples
    --------
    >>> multi_hot(Sequences.of([[1, 1, 3], [9]]), 4)
    array([[0., 1., 0., 1.],
           [1., 0., 0., 0.]], dtype=float32)
    """
    if n_words < 1 or (sequences.ids < 0).any():
        raise ValueError(f"expected n_words >= 1 and ids >= 0, got n_words={n_words}")
    hot = np.zeros((len(sequences), n_words), np.float32)
    rows = np.repeat(np.arange(len(sequences)), np.diff(sequences.offsets))
    hot[rows, np.where(sequences.ids < n_words, sequences.ids, 0)] = 1
    return hot


def tokenise(text: str) -> list:
    """Return a text's words in lower case: letters with an inner apostrophe, or digits.

    HTML tags and entities are left out, other signs separate words.

    Examples
    --------
    >>> tokenise("It's <br />GREAT, 10/10!")
    ["it's", 'great', '10', '10']
    """
    return _WORD.findall(_MARKUP.sub(" ", text.lower()))


def fit_vocabulary(texts, n_words: int) -> np.ndarray:
    """Return "<unk>" and the most frequent words of the *training* texts.

    Parameters
    ----------
    texts : iterable of str
        The training texts, and no others.
    n_words : int
        At most so many entries, "<unk>" among them.

    Returns
    -------
    ndarray of shape (at most n_words,), str
        The word of each id, most frequent first, equally frequent ones in alphabetical order;
        ``" ".join(words[ids])`` decodes a row.

    Raises
    ------
    ValueError
        If n_words is not positive.

    Examples
    --------
    >>> fit_vocabulary(["a b a", "c b a"], 3).tolist()
    ['<unk>', 'a', 'b']
    """
    if n_words < 1:
        raise ValueError(f"expected room for {UNKNOWN!r} at least, got n_words={n_words}")
    counts = Counter(word for text in texts for word in tokenise(text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return np.array([UNKNOWN, *ranked[: n_words - 1]])


def encode(texts, words) -> Sequences:
    """Return texts as ids of these words; a word that is not among them is 0.

    Examples
    --------
    >>> encode(["b z a"], np.array(["<unk>", "a", "b"]))[0].tolist()
    [2, 0, 1]
    """
    index = {word: number for number, word in enumerate(words.tolist())}
    return Sequences.of([index.get(word, 0) for word in tokenise(text)] for text in texts)


def classified(train, test, *, n_words, class_names) -> Dataset:
    """Return texts with their classes as a Dataset of word ids.

    Parameters
    ----------
    train, test : (list of str, list of int)
        Texts and class numbers. The vocabulary is fitted on the training texts.
    n_words : int
        Size of the vocabulary, "<unk>" included.
    class_names : tuple of str

    Returns
    -------
    Dataset
        x Sequences, y int64; extra["vocabulary"] as `fit_vocabulary` returns it.

    Examples
    --------
    >>> data = classified((["a a b"], [0]), (["b c"], [1]), n_words=3, class_names=("-", "+"))
    >>> data.test.x[0].tolist()
    [2, 0]
    """
    words = fit_vocabulary(train[0], n_words)
    train, test = (
        Split(encode(texts, words), np.asarray(y, np.int64)) for texts, y in (train, test)
    )
    return Dataset(train, test=test, class_names=class_names, extra={"vocabulary": words})


def imdb_halves(path) -> tuple:
    """Return the distinct reviews of a file, split into training and test halves.

    Parameters
    ----------
    path : pathlib.Path
        JSON, a list of {"t": text, "s": 0 or 1}.

    Returns
    -------
    train, test : (list of str, list of int)
        Texts and labels, as `load_imdb` describes.

    Raises
    ------
    ValueError
        If a row has another form, or the same text has both labels.
    """
    label = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        if not isinstance(row, dict) or row.get("s") not in (0, 1) or not row.get("t"):
            raise ValueError(f'expected rows {{"t": text, "s": 0 or 1}}, got {str(row)[:80]}')
        if label.setdefault(row["t"], row["s"]) != row["s"]:
            raise ValueError(f"expected one label a text, got both for {row['t'][:60]!r}…")
    digest = {text: hashlib.sha256(text.encode()).digest() for text in label}
    ranked = sorted(label, key=digest.get)
    seen, halves = Counter(), ([], [])
    for text in ranked:
        halves[seen[label[text]] % 2].append(text)
        seen[label[text]] += 1
    return tuple((half, [label[text] for text in half]) for half in halves)


def load_imdb(paths, *, n_words=10_000) -> Dataset:
    """Return IMDB film reviews as word ids, negative (0) and positive (1).

    The file has lost the original division into training and test reviews, so this one is our
    own: of texts that occur more than once all but one are dropped (418 of 50,000); within each
    class the texts are ranked by the sha256 of their UTF-8 bytes; the 1st, 3rd, 5th … go to
    training, the others to test; each half is in the order of that hash. The split depends on
    nothing but the texts, and no text is on both sides.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One JSON file, a list of {"t": text, "s": 0 or 1}.
    n_words : int
        Size of the vocabulary, fitted on the training half, "<unk>" included.

    Returns
    -------
    Dataset
        x Sequences of word ids, y int64; extra["vocabulary"] (n_words,) str.

    Raises
    ------
    ValueError
        If a row has another form, or the same text has both labels.

    References
    ----------
    Maas, Daly, Pham, Huang, Ng and Potts, "Learning word vectors for sentiment analysis", ACL
    2011.
    """
    (path,) = paths.values()
    train, test = imdb_halves(path)
    return classified(train, test, n_words=n_words, class_names=("negative", "positive"))


def reuters_halves(paths, *, n_topics=46) -> tuple:
    """Return the newswire stories before and after the split date, and the topics' names.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        JSON files, each a list of {"id", "topics", "body", …}.
    n_topics : int
        How many of the most frequent training topics to keep.

    Returns
    -------
    train, test : (list of str, list of int)
        Bodies and topic numbers, in the order of the documents' ids.
    topics : tuple of str
        Most frequent first; equally frequent ones in alphabetical order.

    Raises
    ------
    ValueError
        If a document lacks an id, or there are fewer topics than wanted.
    """
    stories = [doc for path in paths for doc in json.loads(path.read_text(encoding="utf-8"))]
    if any("id" not in doc for doc in stories):
        raise ValueError("expected an id in every document; these are not the Reuters files")
    stories = [doc for doc in stories if len(doc.get("topics") or ()) == 1 and doc.get("body")]
    stories.sort(key=lambda doc: int(doc["id"]))
    parts = [], []
    for doc in stories:
        parts[int(doc["id"]) > LAST_TRAINING_ID].append((doc["body"], doc["topics"][0]))
    counts = Counter(topic for _, topic in parts[0])
    topics = tuple(sorted(counts, key=lambda topic: (-counts[topic], topic))[:n_topics])
    if len(topics) < n_topics:
        raise ValueError(f"expected {n_topics} topics, got {len(topics)}; are files missing?")
    kept = [[(body, topics.index(t)) for body, t in part if t in topics] for part in parts]
    return *(tuple(map(list, zip(*part, strict=True))) or ([], []) for part in kept), topics


def load_reuters(paths, *, n_words=10_000) -> Dataset:
    """Return Reuters newswire of 1987 as word ids, 46 topics.

    Stories with exactly one topic and a body, split by time: ids up to 14818 are training,
    later ones test, as in the collection's own divisions. Kept are the 46 most frequent topics
    of the training stories: 6,028 and 2,575 stories. Titles are left out.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        The collection's JSON files.
    n_words : int
        Size of the vocabulary, fitted on the training stories, "<unk>" included.

    Returns
    -------
    Dataset
        x Sequences of word ids; y int64, 0 … 45, most frequent topic first; class_names the
        topics; extra["vocabulary"] (n_words,) str.

    Raises
    ------
    ValueError
        If a document lacks an id, or there are fewer than 46 topics.

    References
    ----------
    Lewis, "Reuters-21578 text categorization test collection", 1997.
    """
    train, test, topics = reuters_halves(paths.values())
    return classified(train, test, n_words=n_words, class_names=topics)


def characters(text: str) -> Dataset:
    r"""Return a text as a stream of character ids, each with the one that follows.

    Every run of signs other than A–Z and a–z becomes one blank, each line is stripped and put
    in lower case, and the lines are joined without a sign between them.

    Parameters
    ----------
    text : str
        The book, lines ended by newlines.

    Returns
    -------
    Dataset
        `train` only: x int64 (n − 1,), y int64 (n − 1,) with y[i] = x[i + 1]; an id is the
        place in extra["vocabulary"], "<unk>" first and then by frequency. extra["lines"] is
        the tuple of cleaned lines, empty ones among them.

    Raises
    ------
    ValueError
        If fewer than two characters remain.

    References
    ----------
    Zhang, Lipton, Li and Smola, "Dive into deep learning", 2023, section 9.2.

    Examples
    --------
    >>> book = characters("A b,\nab")
    >>> book.extra["vocabulary"].tolist(), book.train.x.tolist()
    (['<unk>', 'a', 'b', ' '], [1, 3, 2, 1])
    """
    lines = tuple(re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in text.splitlines())
    stream = "".join(lines)
    if len(stream) < 2:
        raise ValueError(f"expected a text with letters, got {text[:40]!r}")
    vocab = Vocab(stream)
    ids = vocab.encode(stream)
    extra = {"vocabulary": vocab.tokens, "lines": lines}
    return Dataset(Split(ids[:-1], ids[1:]), extra=extra)


def load_time_machine(paths) -> Dataset:
    """Return H. G. Wells, "The Time Machine" (1895), as `characters`: 170,580 of 27 kinds.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One text file in UTF-8, 3,221 lines.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the file holds no letters.
    """
    (path,) = paths.values()
    return characters(path.read_text(encoding="utf-8"))


def load_novel(paths) -> Dataset:
    """Return Herman Melville, "Moby-Dick" (1851), as `characters`.

    Parameters
    ----------
    paths : dict of str to pathlib.Path
        One text file in UTF-8.

    Returns
    -------
    Dataset

    Raises
    ------
    ValueError
        If the file holds no letters.
    """
    (path,) = paths.values()
    return characters(path.read_text(encoding="utf-8"))
