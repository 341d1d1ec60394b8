"""A number inside a sentence: the roles ``result``, ``published``, ``verdict``; and ``badge``."""

from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from .freshness import note_use
from .ledger import OURS, PENDING, VERDICTS
from .nodes import badge, cell_link, inline

LOGGER = logging.getLogger(__name__)


class _LedgerRole(SphinxRole):
    """Look the id up; what it has is shown, what it lacks is a warning (an error under -W)."""

    def run(self):
        """Return what the id has, linked to the cell that measured it."""
        note_use(self.env, self.text)
        try:
            entry = self.env.app.measured[self.text]
            text, wrap = self.show(entry)
        except (KeyError, ValueError) as error:
            problem = f"{self.name}: {error.args[0]} [measured.{self.name}]"
            LOGGER.warning(problem, location=self.get_location(), type="measured")
            return [inline(f"{self.text}?", "measured", "missing")], []
        return [wrap(cell_link(entry, text, self.env.docname))], []


def _number(entry, value, kind):
    """Return the value's text and its span; a single number does not break over lines."""
    single = [] if isinstance(value, (list, str)) else ["single"]
    return entry.format(value), lambda link: inline(link, "measured", kind, *single)


def _measured(entry):
    if entry.row is None:
        raise ValueError(f"{entry.id!r} has no result yet; run its lab with --profile full")
    return entry.row


class ResultRole(_LedgerRole):
    """Our measured value, without its unit."""

    def show(self, entry):
        """Return the text, and the function that wraps its link."""
        return _number(entry, _measured(entry).get("value"), "result")


class PublishedRole(_LedgerRole):
    """The published value, without its unit."""

    def show(self, entry):
        """Return the text, and the function that wraps its link."""
        if entry.published.get("value") is None:
            raise ValueError(f"{entry.id!r} has no published value; it is ours")
        return _number(entry, entry.published["value"], "published")


class VerdictRole(_LedgerRole):
    """The verdict, as a small label."""

    def show(self, entry):
        """Return the text, and the function that wraps its link."""
        _measured(entry)
        return entry.verdict, lambda link: badge(entry.verdict, link)


class BadgeRole(SphinxRole):
    """A verdict's label on its own, to explain what it means."""

    def run(self):
        """Return the label."""
        if self.text not in (*VERDICTS, OURS, PENDING):
            LOGGER.warning(
                f"badge: {self.text!r} is no verdict [measured.badge]",
                location=self.get_location(),
                type="measured",
            )
        return [badge(self.text)], []


def setup(app):
    """Register the roles."""
    app.add_role("badge", BadgeRole())
    app.add_role("result", ResultRole())
    app.add_role("published", PublishedRole())
    app.add_role("verdict", VerdictRole())
