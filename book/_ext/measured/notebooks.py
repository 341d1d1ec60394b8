"""Anchors in notebook cells, launch buttons on notebooks only, no script from elsewhere."""

import re

from docutils import nodes
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
_ANCHOR = re.compile(r"<a\s+id=[\"']([^\"']+)[\"']")


def _register_anchors(app, doctree):
    """Make ``<a id="w02.and.cost"></a>`` a target for links from any page."""
    env = app.env
    std = env.get_domain("std")
    slugs = env.metadata[env.docname].setdefault("myst_slugs", {})
    for raw in doctree.findall(nodes.raw):
        if "html" not in raw.get("format", "").split():
            continue
        for anchor in _ANCHOR.findall(raw.astext()):
            page = std.anonlabels.get(anchor, (env.docname, ""))[0]
            if page != env.docname or anchor in slugs:
                LOGGER.warning(
                    f"anchor {anchor!r} already stands in {page}; use each id once "
                    "[measured.anchor]",
                    location=raw,
                    type="measured",
                )
                continue
            slugs[anchor] = (raw.line or 0, anchor, anchor)
            std.anonlabels[anchor] = env.docname, anchor
            std.labels[anchor] = env.docname, anchor, anchor


def _trim_page(app, pagename, templatename, context, doctree):
    """Drop launch buttons from pages that are no notebooks, and the script that calls a CDN."""
    source = app.env.doc2path(pagename, base=False) if pagename in app.env.all_docs else ""
    if not source.endswith(".ipynb"):
        context["header_buttons"] = [
            button
            for button in context.get("header_buttons", [])
            if button.get("label") != "launch-buttons"
        ]
    # In place: Sphinx holds on to this very list.
    context["script_files"][:] = [
        script
        for script in context["script_files"]
        if "thebe" not in f"{getattr(script, 'filename', script)} {_body(script)}"
    ]


def _body(script):
    return getattr(script, "attributes", {}).get("body", "")


def setup(app):
    """Connect to reading a page and to writing it."""
    app.connect("doctree-read", _register_anchors)
    app.connect("html-page-context", _trim_page, priority=900)
