"""Published values and measured results, as the book reads them. Knows nothing of Sphinx."""

import hashlib
import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

VERDICTS = (
    "reproduced",
    "close",
    "corrected",
    "different",
    "unexplained",
    "not comparable",
    "not run",
)
OURS = "ours"  # a result for which nothing was published
PENDING = "pending"  # published, and not measured yet
DEFAULT_FORMAT = ".4g"
SOURCES = {
    "L": "logbook",
    "H": "handbook",
    "D": "workshop",
    "A": "assignment",
    "own draft": "our own draft",
}


@dataclass(frozen=True)
class Entry:
    """What is known about one id: what was published and, once a lab has run, what we measured.

    Attributes
    ----------
    id : str
        Such as ``w02.and.cost``; the letter ``a`` instead of ``w`` marks an audit case.
    published : dict
        The id's entry in published.yml.
    row : dict or None
        The id's row in the results of a full run.
    lab : str or None
        The lab that wrote the row.
    """

    id: str
    published: dict
    row: dict | None = None
    lab: str | None = None

    @property
    def title(self):
        """The few words that say what is measured."""
        return str(self.published.get("title", self.id))

    @property
    def week(self):
        """The week's number, from the id; -1 if it has none."""
        found = re.match(r"[a-z]+(\d+)\.", self.id)
        return int(found[1]) if found else -1

    @property
    def is_audit(self):
        """Whether the id names an audit case."""
        return self.id.startswith("a")

    @property
    def verdict(self):
        """One of ``VERDICTS``, or ``ours``, or ``pending``."""
        if self.row is None:
            return PENDING
        return self.row.get("verdict") or OURS

    @property
    def anchor(self):
        """The id of the cell that measured it."""
        cell = (self.row or {}).get("cell") or self.id
        return str(cell).rpartition("#")[2]

    @property
    def source(self):
        """Where the published value stands, in a word."""
        return SOURCES.get(self.published.get("source"), "")

    @property
    def unit(self):
        """The unit, or an empty text."""
        return self.published.get("unit") or (self.row or {}).get("unit") or ""

    def format(self, value):
        """Print a value, or each number of a list, as this id's ``format`` says."""
        return format_value(value, str(self.published.get("format") or DEFAULT_FORMAT))

    @property
    def digest(self):
        """A hash of everything a page can show about this id."""
        shown = json.dumps([self.published, self.row, self.lab], sort_keys=True, default=str)
        return hashlib.sha256(shown.encode()).hexdigest()


def format_value(value, spec):
    """Print a number, a text, a truth value or a (nested) list of them.

    >>> format_value(12.50001, ".5f"), format_value([1, -2.5], ".1f"), format_value(True, ".3f")
    ('12.50001', '1.0, −2.5', 'yes')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        inner = [format_value(item, spec) for item in value]
        nested = any(isinstance(item, (list, tuple)) for item in value)
        return ", ".join(f"[{item}]" if nested else item for item in inner)
    if isinstance(value, float) and spec.endswith("d"):  # a count; its mean and spread are not
        value, spec = (int(value), spec) if value.is_integer() else (value, ".3g")
    if isinstance(value, (int, float)):
        return format(value, spec).replace("-", "−")
    return str(value)


@dataclass(frozen=True)
class Ledger:
    """All entries by id, and the labs' runs by name."""

    entries: dict
    runs: dict

    @classmethod
    def read(cls, published, results):
        """Read published.yml and every ``*.full.json`` of the results folder.

        Raises
        ------
        ValueError
            If a file does not parse, a format is none, a row's id is not in published.yml, a
            verdict is unknown, or two labs claim one id.
        """
        published, results = Path(published), Path(results)
        text = published.read_text(encoding="utf-8") if published.exists() else ""
        try:
            known = yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            raise ValueError(f"{published} is not valid YAML: {error}") from error
        entries = {key: Entry(key, value or {}) for key, value in known.items()}
        for key, entry in entries.items():
            try:
                entry.format(1)
            except ValueError as error:
                spec = entry.published["format"]
                raise ValueError(
                    f"{published.name}: {key} has the format {spec!r}: {error}"
                ) from error
        runs = {}
        for path in sorted(results.glob("*.full.json")):
            try:
                run = json.loads(path.read_text(encoding="utf-8"))
                rows = run["results"]
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise ValueError(
                    f"{path.name} is not a lab's results ({error!r}); run the lab again"
                ) from error
            lab = run.get("lab") or path.name.removesuffix(".full.json")
            runs[lab] = run
            for row in rows:
                entry = _merge(entries, row, lab, path.name)
                entries[entry.id] = entry
        return cls(entries, runs)

    def __getitem__(self, key):
        """Return an id's entry; the KeyError of an unknown id suggests the nearest one."""
        if key in self.entries:
            return self.entries[key]
        near = get_close_matches(key, self.entries, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"{key!r} is not in published.yml{hint}")

    def by_week(self):
        """Group the entries by week, results before audit cases, in the order of published.yml."""
        weeks = {}
        for entry in sorted(self.entries.values(), key=lambda e: (e.week, e.is_audit)):
            weeks.setdefault(entry.week, []).append(entry)
        return weeks

    def tally(self):
        """Count the ids by verdict; verdicts that do not occur are left out."""
        found = [entry.verdict for entry in self.entries.values()]
        counts = {name: found.count(name) for name in (*VERDICTS, OURS, PENDING)}
        return {name: count for name, count in counts.items() if count}

    def digest(self, key):
        """Return the hash of what a page showed: an id, or ``*`` for all entries and runs."""
        if key != "*":
            return self.entries[key].digest if key in self.entries else ""
        shown = [entry.digest for entry in self.entries.values()]
        shown.append(json.dumps(self.runs, sort_keys=True))
        return hashlib.sha256("\n".join(shown).encode()).hexdigest()


def _merge(entries, row, lab, file):
    """Join a row to its published entry."""
    key = row.get("id")
    if key not in entries:
        raise ValueError(f"{file} has a row {key!r} that is not in published.yml; add its entry")
    if entries[key].row is not None:
        raise ValueError(f"{key!r} has a row from {entries[key].lab} and one from {lab}; keep one")
    if row.get("verdict") not in (None, *VERDICTS):
        raise ValueError(f"{file}: {key!r} has the verdict {row['verdict']!r}; expected {VERDICTS}")
    return Entry(key, entries[key].published, row, lab)
