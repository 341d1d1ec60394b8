"""Two editions: the full one, and the student's, which leaves every solution out.

``EDITION=student`` drops the solution notebooks from the table of contents, the solutions of the
chapters' exercises, and the content of ``:::{edition} full`` (such as links to solutions). A copy
of the course that has no solutions is a student's, too.
"""

import os
from pathlib import Path

import yaml
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

EDITIONS = ("full", "student")
SOLUTIONS = "labs/solutions/"


def without_solutions(toc):
    """Return a table of contents, parsed from YAML, without its solution notebooks."""
    if isinstance(toc, list):
        return [
            without_solutions(item)
            for item in toc
            if not (isinstance(item, dict) and str(item.get("file", "")).startswith(SOLUTIONS))
        ]
    if isinstance(toc, dict):
        pruned = {key: without_solutions(value) for key, value in toc.items()}
        return {key: value for key, value in pruned.items() if value != [] or toc[key] == []}
    return toc


def _choose(app, config):
    here = "full" if Path(app.srcdir, SOLUTIONS).is_dir() else "student"
    config.measured_edition = os.environ.get("EDITION") or config.measured_edition or here
    if config.measured_edition not in EDITIONS:
        raise ConfigError(f"expected EDITION to be one of {EDITIONS}: {config.measured_edition!r}")
    if config.measured_edition == "full":
        return
    config.hide_solutions = True
    source = Path(app.srcdir, config.external_toc_path)
    toc = without_solutions(yaml.safe_load(source.read_text(encoding="utf-8")))
    pruned = Path(app.doctreedir, "student-toc.yml")
    pruned.parent.mkdir(parents=True, exist_ok=True)
    pruned.write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")
    config.external_toc_path = pruned.as_posix()


class EditionDirective(SphinxDirective):
    """Keep the content only in the edition named: ``:::{edition} full``."""

    required_arguments = 1
    has_content = True

    def run(self):
        """Return the parsed content, or nothing."""
        if self.arguments[0] not in EDITIONS:
            raise self.error(f"edition: expected one of {EDITIONS}, got {self.arguments[0]!r}")
        if self.arguments[0] != self.config.measured_edition:
            return []
        return self.parse_content_to_nodes()


def setup(app):
    """Register the directive, and choose before the table of contents is read."""
    app.add_directive("edition", EditionDirective)
    app.connect("config-inited", _choose, priority=400)
