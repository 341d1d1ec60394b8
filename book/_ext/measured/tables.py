"""The pages made from results: ``results-table``, ``runs-table``, ``tally``, ``audit-index``."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .freshness import note_use
from .ledger import OURS, PENDING
from .nodes import badge, block, cell_link, page_link, paragraph, table

HEAD = ("Result", "Verdict", "Published", "Ours", "Data")
_LONG = 12  # numbers of a list that a table still prints in full


class _LedgerDirective(SphinxDirective):
    """A directive that shows all results, so that any change makes its page out of date."""

    @property
    def ledger(self):
        """The results, noted as used by this page."""
        note_use(self.env, "*")
        return self.env.app.measured

    def section(self, title, anchor, *children):
        """Return a section that the page's own contents list."""
        node = nodes.section("", nodes.title(title, title), *children, ids=[anchor])
        self.state.document.note_explicit_target(node)
        return node


class ResultsTable(_LedgerDirective):
    """Every id: published, ours, spread, data, departures, verdict, a link to the cell."""

    def run(self):
        """Return one section and table a week."""
        sections = []
        for week, entries in self.ledger.by_week().items():
            rows = [row for entry in entries for row in self._rows(entry)]
            title = f"Week {week}" if week >= 0 else "Other results"
            body = table(HEAD, rows, classes=["ledger"])
            sections.append(self.section(title, f"results-week-{week}", body))
        return sections or [paragraph("No result is recorded yet.")]

    def _rows(self, entry):
        title = paragraph(cell_link(entry, entry.title, self.env.docname))
        label = "audit · " + entry.id if entry.is_audit else entry.id
        row = entry.row or {}
        published = [_value(entry, entry.published.get("value"))]
        if entry.published.get("value") is not None:
            published += _aside(entry.source)
        cells = [
            ("what", [title, paragraph(nodes.literal(label, label), classes=["id"])]),
            ("is", [paragraph(badge(entry.verdict))]),
            ("published", published),
            ("ours", [_value(entry, row.get("value")), *_aside(_spread(entry))]),
            ("data", [paragraph(row.get("data") or "–"), *_aside(row.get("profile"))]),
        ]
        notes = _notes(entry)
        first = ["result-row", "with-notes"] if notes else ["result-row"]
        rows = [(cells, first)]
        if notes:
            rows.append(([("notes", [paragraph(*notes)], len(HEAD))], ["notes-row"]))
        return rows


def _value(entry, value):
    if isinstance(value, list) and len(value) > _LONG:
        kept = f"{entry.format(value[:4])}, …, {entry.format(value[-2:])} ({len(value)} numbers)"
    else:
        kept = entry.format(value)
    unit = "" if value is None or isinstance(value, (str, bool)) else entry.unit
    return paragraph(f"{kept} {unit}".strip())


def _aside(text):
    return [paragraph(text, classes=["aside"])] if text else []


def _spread(entry):
    row = entry.row
    if row is None or row.get("value") is None:
        return ""
    seeds = row.get("n_seeds") or 1
    runs = f"{seeds} seeds" if seeds > 1 else "one run"
    if (interval := row.get("interval")) is not None:
        shown = entry.format(interval)
        return f"{shown if shown.startswith('[') else f'[{shown}]'}, {runs}"
    if row.get("sd") is not None:
        return f"± {entry.format(row['sd'])}, {runs}"
    return runs


def _notes(entry):
    """Departures from the published protocol, and why the verdict is what it is."""
    row, parts = entry.row or {}, []
    departures = row.get("departures") or ()
    if departures:
        parts += [nodes.strong("", "Departures: "), "; ".join(map(str, departures)) + ". "]
    if row.get("why"):
        parts += [nodes.strong("", "Why: "), str(row["why"])]
    return parts


class RunsTable(_LedgerDirective):
    """Each lab's last full run: when, how long, how large, with which code, data, versions."""

    HEAD = ("Lab", "Time", "Student", "labkit", "Data")

    def run(self):
        """Return the table."""
        runs = sorted(self.ledger.runs.items())
        rows = [row for lab, run in runs for row in self._rows(lab, run)]
        if not rows:
            return [paragraph("No full run is recorded yet.")]
        return [table(self.HEAD, rows, classes=["ledger", "runs"])]

    def _rows(self, lab, run):
        stamp = run.get("stamp", {})
        title = paragraph(page_link(f"{self.config.measured_labs}/{lab}", self.env.docname))
        data = [_hashed(d.get("id", ""), d.get("hash", "")) for d in run.get("data", ())]
        versions = ", ".join(f"{k} {v}" for k, v in (stamp.get("versions") or {}).items())
        date = str(stamp.get("date", "–"))[:10]
        memory = _amount(stamp.get("peak_mb"), "MB")
        cells = [
            ("what", [title, paragraph(nodes.literal(lab, lab), classes=["id"]), *_aside(date)]),
            ("seconds", [paragraph(_seconds(stamp.get("seconds"))), *_aside(memory)]),
            ("student", [paragraph(_amount(stamp.get("student_minutes"), "min"))]),
            ("labkit", [_hashed("", stamp.get("labkit", ""))]),
            ("data", data or [paragraph("–")]),
        ]
        notes = [paragraph(nodes.strong("", "Versions: "), versions or "–")]
        return [
            (cells, ["result-row", "with-notes"]),
            ([("notes", notes, len(self.HEAD))], ["notes-row"]),
        ]


def _hashed(name, digest):
    short = str(digest).removeprefix("sha256:")[:10] or "–"
    return paragraph(name + " " if name else "", nodes.literal(short, short))


def _amount(value, unit):
    return "–" if value is None else f"{value:,.0f} {unit}"


def _seconds(value):
    if value is None:
        return "–"
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


class Tally(_LedgerDirective):
    """How many ids got which verdict."""

    def run(self):
        """Return the counts and the sum."""
        ledger = self.ledger
        counts = ledger.tally()
        total, pending = len(ledger.entries), counts.get(PENDING, 0)
        boxes = [
            block(
                "",
                paragraph(str(count), classes=["count"]),
                paragraph(badge(name)),
                classes=["count-of"],
            )
            for name, count in counts.items()
        ]
        labs = len(ledger.runs)
        words = f"{total} results and audit cases in {labs} lab{'s' * (labs != 1)}"
        if pending:
            words += f"; {pending} still to be measured"
        if counts.get(OURS):
            words += f". {OURS.capitalize()}: nothing was published to compare with"
        return [block("", *boxes, classes=["tally"]), paragraph(words + ".", classes=["aside"])]


class AuditIndex(_LedgerDirective):
    """The audit cases, grouped by the habit that would have caught them."""

    def run(self):
        """Return one section a habit, in the order in which the habits are first needed."""
        habits = {}
        for entries in self.ledger.by_week().values():
            for entry in entries:
                if entry.is_audit:
                    habit = entry.published.get("habit") or "Other cases"
                    habits.setdefault(habit, []).append(entry)
        if not habits:
            return [paragraph("No audit case is recorded yet.")]
        terms = nodes.definition_list(classes=["audit-index"])
        for habit, entries in habits.items():
            items = nodes.bullet_list("", *map(self._item, entries))
            definition = nodes.definition("", items)
            terms += nodes.definition_list_item("", nodes.term(habit, habit), definition)
        return [terms]

    def _item(self, entry):
        link = cell_link(entry, entry.title, self.env.docname)
        where = f"week {entry.week}" + (f", {entry.source}" if entry.source else "")
        return nodes.list_item("", paragraph(link, f" ({where}) ", badge(entry.verdict)))


def setup(app):
    """Register the directives."""
    app.add_directive("results-table", ResultsTable)
    app.add_directive("runs-table", RunsTable)
    app.add_directive("tally", Tally)
    app.add_directive("audit-index", AuditIndex)
