"""What loaders return and trainers take: rows with targets, and sets that know their origin."""

import numbers
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """Rows and their targets.

    Attributes
    ----------
    x : ndarray of shape (n, ...), float32
        Inputs, one example a row (or a sequence type of length n for text).
    y : ndarray of shape (n,) or (n, k), int64 (classes) or float32 (values)
        Targets.

    Raises
    ------
    ValueError
        If the two lengths differ.

    Examples
    --------
    >>> x, y = Split(np.zeros((3, 2)), np.zeros(3))
    >>> x.shape
    (3, 2)
    """

    x: np.ndarray
    y: np.ndarray

    def __post_init__(self):
        if len(self.x) != len(self.y):
            raise ValueError(
                f"expected as many targets as rows, got {len(self.x)} rows and "
                f"{len(self.y)} targets; check how x and y were cut"
            )

    def __len__(self):
        return len(self.x)

    def __iter__(self):
        return iter((self.x, self.y))

    def take(self, rows) -> "Split":
        """Return the Split of the given rows (indices or a slice)."""
        return Split(self.x[rows], self.y[rows])


@dataclass(frozen=True, eq=False)
class Splits:
    """Training, validation and test rows; a part that the source does not define is None.

    Attributes
    ----------
    train : Split
    val, test : Split or None

    Examples
    --------
    >>> train, val, test = Splits(Split(np.zeros((3, 2)), np.zeros(3)))
    >>> len(train), val is None
    (3, True)
    """

    train: Split
    val: Split | None = None
    test: Split | None = None

    def __iter__(self):
        return iter((self.train, self.val, self.test))

    def hold_out(self, *, rng: np.random.Generator, val=None, test=None, stratify=False):
        """Cut validation and test rows from the training rows, at random.

        Parameters
        ----------
        rng : numpy.random.Generator
            Decides which rows go where.
        val, test : int or float, optional
            A number of rows, or a fraction of today's training rows.
        stratify : bool
            Keep each class's share the same in every part.

        Returns
        -------
        Splits
            The same kind of object with the parts filled; no row is in two of them.

        Raises
        ------
        ValueError
            If a part is there already or would be empty, or nothing would remain for training.

        Examples
        --------
        >>> rows = Splits(Split(np.arange(10.0), np.zeros(10, int)))
        >>> parts = rows.hold_out(rng=np.random.default_rng(0), val=2, test=0.3)
        >>> [len(part) for part in parts]
        [5, 2, 3]
        """
        n = len(self.train)
        sizes = {"val": val, "test": test}
        for name, size in sizes.items():
            if size and getattr(self, name) is not None:
                raise ValueError(f"expected no {name} rows yet, got {len(getattr(self, name))}")
            whole = size is None or isinstance(size, numbers.Integral)
            sizes[name] = (size or 0) if whole else round(size * n)
            if size and sizes[name] == 0:
                raise ValueError(f"expected at least one {name} row, got {size} of {n} rows")
        if min(sizes.values()) < 0 or sum(sizes.values()) >= n:
            raise ValueError(
                f"expected val and test to leave training rows out of {n}, got "
                f"val={val}, test={test}; ask for fewer rows"
            )
        order = rng.permutation(n)
        if stratify:
            order = order[_spread_classes(self.train.y[order])]
        cut = np.split(order, np.cumsum([sizes["test"], sizes["val"]]))
        parts = dict(zip(("test", "val", "train"), cut, strict=True))
        return replace(self, **{name: self.train.take(p) for name, p in parts.items() if len(p)})


def _spread_classes(y):
    """Return an order in which every stretch of rows holds the classes in equal shares."""
    import pandas as pd

    rows = pd.Series(y).groupby(y)
    position = (rows.cumcount() + 0.5) / rows.transform("size")
    return np.argsort(position.to_numpy(), kind="stable")


@dataclass(frozen=True, eq=False)
class Dataset(Splits):
    """Splits that know what they are and where they came from.

    Attributes
    ----------
    id, title, licence : str
        As in the catalogue.
    redistributable : bool
        Whether pictures of the rows may stand in a committed output.
    source : str
        Where this copy came from: "starter", "mirror …", "url …", "npm …".
    hash : str
        sha256 over the arrays' dtypes, shapes and bytes, the same whichever way they came.
    class_names, feature_names : tuple of str
        May be empty.
    unit : str
        Unit of a regression target, such as "1000 USD".
    extra : dict
        What one set has and others have not: times, a vocabulary, column statistics.
    """

    id: str = ""
    title: str = ""
    licence: str = ""
    redistributable: bool = False
    source: str = ""
    hash: str = ""
    class_names: tuple = ()
    feature_names: tuple = ()
    unit: str = ""
    extra: dict = field(default_factory=dict)

    def __str__(self):
        parts = {"train": self.train, "val": self.val, "test": self.test}
        rows = ", ".join(f"{len(part):,} {name}" for name, part in parts.items() if part)
        return f"{self.id}: {self.title} ({rows}) · {self.licence} · from {self.source}"
