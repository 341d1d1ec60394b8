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
        ledger = self.env.app.measured
        note_use(self.env, self.text)
        try:
            entry = ledger[self.text]
            shown = self.show(entry)
        except (KeyError, ValueError) as error:
            problem = f"{self.name}: {error.args[0]} [measured.{self.name}]"
            LOGGER.warning(problem, location=self.get_location(), type="measured")
            return [inline(f"{self.text}?", "measured", "missing")], []
        return [cell_link(entry, shown, self.env.docname)], []


class ResultRole(_LedgerRole):
    """Our measured value, without its unit."""

    def show(self, entry):
        """Return the value as a node."""
        if entry.row is None:
            raise ValueError(f"{entry.id!r} has no result yet; run its lab with --profile full")
        return inline(entry.format(entry.row.get("value")), "measured", "result")


class PublishedRole(_LedgerRole):
    """The published value, without its unit."""

    def show(self, entry):
        """Return the value as a node."""
        if entry.published.get("value") is None:
            raise ValueError(f"{entry.id!r} has no published value; it is ours")
        return inline(entry.format(entry.published["value"]), "measured", "published")


class VerdictRole(_LedgerRole):
    """The verdict, as a small label."""

    def show(self, entry):
        """Return the verdict as a node."""
        if entry.row is None:
            raise ValueError(f"{entry.id!r} has no result yet; run its lab with --profile full")
        return badge(entry.verdict)


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
