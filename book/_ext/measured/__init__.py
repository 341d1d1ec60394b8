"""Sphinx extension of the book: numbers come from the labs' results, never from the prose.

It gives pages the roles ``result``, ``published`` and ``verdict``, the directives
``results-table``, ``runs-table``, ``tally``, ``audit-index``, ``widget`` and ``edition``, and
rebuilds exactly the pages whose numbers have changed. One module per concern:

- ``ledger``     reads labs/published.yml and labs/results, formats values; knows no Sphinx
- ``nodes``      the document nodes the others build from, and links to a lab's cell
- ``roles``      a number inside a sentence
- ``tables``     the results page, the runs page, the tally, the index of audit cases
- ``freshness``  which pages are out of date when results change
- ``notebooks``  anchors in notebook cells, launch buttons, scripts that would leave the site
- ``widgets``    an interactive figure with a static fallback
- ``api``        the reference pages of labkit, module by module
- ``editions``   the student edition, which leaves solutions out
- ``typography`` punctuation stays with the formula before it
"""

from pathlib import Path

from sphinx.errors import ExtensionError

from . import api, editions, freshness, nodes, notebooks, roles, tables, typography, widgets
from .ledger import Ledger

# Raise it when what a page shows would change without the page changing: cached pages are dropped.
VERSION = 2


def setup(app):
    """Register everything with Sphinx."""
    app.add_config_value("measured_published", "labs/published.yml", "env")
    app.add_config_value("measured_results", "labs/results", "env")
    app.add_config_value("measured_labs", "labs", "env")
    app.add_config_value("measured_edition", "", "env")
    app.connect("builder-inited", _read_ledger, priority=100)
    for part in (nodes, roles, tables, freshness, notebooks, widgets, api, editions, typography):
        part.setup(app)
    return {
        "version": str(VERSION),
        "env_version": VERSION,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _read_ledger(app):
    root = Path(app.srcdir)
    published, results = app.config.measured_published, app.config.measured_results
    try:
        app.measured = Ledger.read(root / published, root / results)
    except ValueError as error:
        raise ExtensionError(str(error)) from error
