"""An interactive figure: ``:::{widget} NAME`` holds the static fallback, NAME.js replaces it.

The page gets ``<div class="widget" data-widget="NAME">fallback</div>`` and, only where a widget
is used, a classic deferred script (modules are blocked on pages opened from a folder). What the
widgets share, controls.js, comes first.
"""

from pathlib import Path
from typing import ClassVar

from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .nodes import block

LOGGER = logging.getLogger(__name__)
FOLDER = "widgets"
SHARED = "controls"


class WidgetDirective(SphinxDirective):
    """Emit the fallback in a ``div`` that the widget's script will find."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"height": directives.length_or_unitless}

    def run(self):
        """Return the fallback, and note which script the page needs."""
        name = self.arguments[0]
        self.assert_has_content()  # the fallback is what a reader without scripts sees
        if not _script(self.env.app, name):
            LOGGER.warning(
                f"widget: no {FOLDER}/{name}.js in html_static_path [measured.widget]",
                location=self.get_location(),
                type="measured",
            )
        attributes = {"data-widget": name}
        if height := self.options.get("height"):
            height += "px" if height.isdigit() else ""
            attributes["style"] = f"min-height: {height}"
        node = block(classes=["widget"], attributes=attributes)
        self.state.nested_parse(self.content, self.content_offset, node)
        self.env.metadata[self.env.docname].setdefault("widgets", {})[name] = True
        return [node]


def _script(app, name):
    folders = [Path(app.confdir, folder) for folder in app.config.html_static_path]
    return any((folder / FOLDER / f"{name}.js").is_file() for folder in folders)


def _add_scripts(app, pagename, templatename, context, doctree):
    names = list(app.env.metadata.get(pagename, {}).get("widgets", {}))
    if names and _script(app, SHARED):
        names.insert(0, SHARED)
    for name in names:
        app.add_js_file(f"{FOLDER}/{name}.js", defer="defer")


def setup(app):
    """Register the directive."""
    app.add_directive("widget", WidgetDirective)
    app.connect("html-page-context", _add_scripts)
