"""The reference: ``{api} labkit.data`` documents a module, or each module of a package."""

import importlib.util
import pkgutil
import re

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

_PAGE = """\
({anchor})=
## `{name}`

```{{eval-rst}}
.. automodule:: {name}
   :members:
   :exclude-members: set_score_request
   :ignore-module-all:
   :no-value:
```
"""


def modules(name):
    """Return a module's name, and those of the public modules below it, sorted."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"api: no module named {name!r}")
    names = [name]
    if spec.submodule_search_locations:
        for module in pkgutil.iter_modules(spec.submodule_search_locations):
            if not module.name.startswith("_"):
                names += modules(f"{name}.{module.name}")
    return sorted(names)


class ApiDirective(SphinxDirective):
    """One section a module, written by autodoc from its docstrings."""

    required_arguments = 1
    optional_arguments = 99

    def run(self):
        """Return the sections."""
        found = [name for asked in self.arguments for name in modules(asked)]
        listed = self.env.metadata[self.env.docname].setdefault("api", {})
        listed.update({asked: modules(asked) for asked in self.arguments})
        lines = "\n".join(_PAGE.format(name=name, anchor=f"api-{name}") for name in found)
        node = nodes.section()
        source = self.get_source_info()[0]
        self.state.nested_parse(StringList(lines.splitlines(), source), 0, node, match_titles=True)
        return node.children


def _outdated(app, env, added, changed, removed):
    """Read a page again when a module has come or gone; autodoc itself follows their edits."""
    return [
        page
        for page, metadata in env.metadata.items()
        if any(_differs(asked, names) for asked, names in metadata.get("api", {}).items())
    ]


def _differs(asked, names):
    return importlib.util.find_spec(asked) is None or modules(asked) != names


# Marks that mean something to docutils and nothing in our docstrings: |a − b| and extra_.
_MARKS = re.compile(r"\||(?<=\w)_(?!\w)")


def plain_text(app, what, name, obj, options, lines):
    r"""Print ``|a - b|`` and a name's last ``_`` in a docstring as they stand.

    >>> lines = ["The largest |a - b|, ``x | y``.", ">>> 1 | 2"]
    >>> plain_text(None, "", "", None, None, lines)
    >>> print(lines)
    ['The largest \\|a - b\\|, ``x | y``.', '>>> 1 | 2']
    """
    if what in ("data", "attribute") and lines:
        lines[0] = ": " + lines[0]  # or napoleon takes the words before a colon for its type
    for number, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            parts = line.split("``")
            parts[::2] = [_MARKS.sub(r"\\\g<0>", part) for part in parts[::2]]
            lines[number] = "``".join(parts)


def setup(app):
    """Register the directive."""
    app.add_directive("api", ApiDirective)
    app.connect("autodoc-process-docstring", plain_text, priority=400)  # before napoleon
    app.connect("env-get-outdated", _outdated)
