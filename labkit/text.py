"""From a text to batches for a language model: tokens, a vocabulary, windows and their targets."""

from collections import Counter

import numpy as np

UNKNOWN = "<unk>"


def tokenise(lines, *, unit: str = "character") -> list:
    """Cut cleaned lines into tokens, line by line.

    Parameters
    ----------
    lines : iterable of str
        Such as ``data.load("time_machine").extra["lines"]``.
    unit : {"character", "word"}
        Words are what blanks separate; the end of a line ends a word, too. Characters follow each
        other from line to line without a sign between them.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If lines is one string: its characters would be taken for lines.
    ValueError
        If the unit is unknown.

    Examples
    --------
    >>> tokenise(["so it", "", "was"], unit="word")
    ['so', 'it', 'was']
    >>> tokenise(["so", "it"])
    ['s', 'o', 'i', 't']
    """
    if isinstance(lines, str):
        raise TypeError("expected a list of lines, got one string; write [text]")
    if unit not in ("character", "word"):
        raise ValueError(f"expected the unit 'character' or 'word', got {unit!r}")
    return [token for line in lines for token in (line.split() if unit == "word" else line)]


class Vocab:
    """The tokens a model knows, and their ids: "<unk>" is 0, then the most frequent first.

    Parameters
    ----------
    tokens : iterable of str
        The training tokens, and no others.
    min_count : int
        Tokens that are rarer than this become "<unk>".

    Attributes
    ----------
    tokens : ndarray of shape (k,), str
        The token of each id; equally frequent ones stand in alphabetical order.
    counts : ndarray of shape (k,), int64
        How often each occurred in training; at id 0 those that were too rare.

    Raises
    ------
    ValueError
        If min_count is below 1.

    Examples
    --------
    >>> vocab = Vocab("abracadabra")
    >>> vocab.tokens.tolist(), len(vocab)
    (['<unk>', 'a', 'b', 'r', 'c', 'd'], 6)
    >>> vocab.encode("bad!").tolist(), vocab.decode([2, 1, 5])
    ([2, 1, 5, 0], ['b', 'a', 'd'])
    """

    def __init__(self, tokens, *, min_count: int = 1):
        if min_count < 1:
            raise ValueError(f"expected min_count >= 1, got {min_count}")
        counts = Counter(tokens)
        rare = counts.pop(UNKNOWN, 0) + sum(n for n in counts.values() if n < min_count)
        kept = [token for token, n in counts.items() if n >= min_count]
        kept.sort(key=lambda token: (-counts[token], token))
        self.tokens = np.array([UNKNOWN, *kept])
        self.counts = np.array([rare, *(counts[token] for token in kept)], np.int64)
        self._ids = {token: number for number, token in enumerate([UNKNOWN, *kept])}

    def __len__(self):
        return len(self.tokens)

    def encode(self, tokens) -> np.ndarray:
        """Return the ids of tokens, (n,) int64; 0 for those that are not in the vocabulary."""
        return np.array([self._ids.get(token, 0) for token in tokens], np.int64)

    def decode(self, ids) -> list:
        """Return the tokens of ids, a list of str; IndexError if one is out of range."""
        return self.tokens[np.asarray(ids, np.int64)].tolist()


def sequential_batches(ids, *, batch_size: int, steps: int, rng):
    """Yield one epoch of minibatches in which each row goes on where it ended before.

    The text is cut into batch_size long strips, and each minibatch takes the next steps tokens of
    every strip: the state of a recurrent network may be carried from one to the next. The strips
    begin at a random place among the first tokens, so that epochs differ.

    Parameters
    ----------
    ids : ndarray of shape (n,), int
        The text.
    batch_size : int
        Number of strips b.
    steps : int
        Tokens a row t.
    rng : numpy.random.Generator
        Draws the place of the first token, 0 … t − 1.

    Yields
    ------
    x, y : ndarray of shape (b, t), int
        Inputs and targets: y is x one token later. No token is an input twice.

    Raises
    ------
    ValueError
        If the text is too short for one minibatch.

    References
    ----------
    Book equation eq-language-sequential.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> for x, y in sequential_batches(np.arange(14), batch_size=2, steps=3, rng=rng):
    ...     print(x.tolist(), y.tolist())
    [[2, 3, 4], [7, 8, 9]] [[3, 4, 5], [8, 9, 10]]
    """
    ids = _long_enough(ids, batch_size, steps)
    first = int(rng.integers(steps))
    length = (len(ids) - 1 - first) // batch_size  # tokens a strip
    starts = first + length * np.arange(batch_size)
    return _windows(ids, (starts + t for t in range(0, length - steps + 1, steps)), steps)


def random_batches(ids, *, batch_size: int, steps: int, rng):
    """Yield one epoch of minibatches whose rows are windows in random order.

    The text is cut into windows of steps tokens from a random place on, and the windows are
    shuffled: neighbouring rows have nothing to do with each other, so the state of a recurrent
    network has to start anew in each minibatch.

    Parameters
    ----------
    ids : ndarray of shape (n,), int
        The text.
    batch_size : int
        Windows a minibatch b.
    steps : int
        Tokens a window t.
    rng : numpy.random.Generator
        Draws the place of the first token, 0 … t − 1, and the order of the windows.

    Yields
    ------
    x, y : ndarray of shape (b, t), int
        Inputs and targets: y is x one token later. No token is an input twice.

    Raises
    ------
    ValueError
        If the text is too short for one minibatch.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> for x, y in random_batches(np.arange(14), batch_size=2, steps=3, rng=rng):
    ...     print(x.tolist(), y.tolist())
    [[8, 9, 10], [2, 3, 4]] [[9, 10, 11], [3, 4, 5]]
    """
    ids = _long_enough(ids, batch_size, steps)
    first = int(rng.integers(steps))
    starts = first + steps * rng.permutation((len(ids) - 1 - first) // steps)
    whole = range(0, len(starts) - batch_size + 1, batch_size)
    return _windows(ids, (starts[row : row + batch_size] for row in whole), steps)


def _long_enough(ids, batch_size, steps):
    ids = np.asarray(ids)
    need = (batch_size + 1) * steps  # wherever the first window begins
    if batch_size < 1 or steps < 1 or ids.ndim != 1 or len(ids) < need:
        raise ValueError(
            f"expected at least {need} tokens of shape (n,) for {batch_size} x {steps}, got "
            f"shape {ids.shape}; take a longer text, or a smaller batch_size or steps"
        )
    return ids


def _windows(ids, starts, steps):
    for begin in starts:
        place = begin[:, None] + np.arange(steps)  # (b, t)
        yield ids[place], ids[place + 1]
