"""Document nodes the other modules build from."""

from docutils import nodes
from sphinx import addnodes


class block(nodes.General, nodes.Element):
    """A ``div`` with classes and attributes, without the theme's meaning of "container"."""


def _visit_block(self, node):
    self.body.append(self.starttag(node, "div", **node.get("attributes", {})))


def _depart_block(self, node):
    self.body.append("</div>\n")


def paragraph(*children, classes=()):
    """Return a paragraph of texts and nodes."""
    node = nodes.paragraph(classes=list(classes))
    node.extend(nodes.Text(c) if isinstance(c, str) else c for c in children)
    return node


def inline(content, *classes):
    """Return a span of a text, or of a node, with classes."""
    child = nodes.Text(content) if isinstance(content, str) else content
    return nodes.inline("", "", child, classes=list(classes))


def badge(verdict, content=None):
    """Return a verdict, or content of its name, as a small label."""
    return inline(content or verdict, "verdict", "verdict-" + verdict.replace(" ", "-"))


def cell_link(entry, text, docname):
    """Link a text to the cell of the lab that measured the entry; plain if not measured yet."""
    if entry.row is None:
        return inline(text)
    link = addnodes.pending_xref(
        refdomain="std",
        reftype="ref",
        reftarget=entry.anchor,
        refexplicit=True,
        refwarn=True,
        refdoc=docname,
    )
    link += inline(text)
    return link


def page_link(page, docname):
    """Link to a page of the book, given from the root, by its title."""
    link = addnodes.pending_xref(
        refdomain="std",
        reftype="doc",
        reftarget="/" + page,
        refexplicit=False,
        refwarn=True,
        refdoc=docname,
    )
    link += inline(page)
    return link


def table(head, rows, classes=()):
    """Return a table; a row is a list of (class, children[, columns it spans])."""
    group = nodes.tgroup(cols=len(head))
    group.extend(nodes.colspec(colwidth=1) for _ in head)
    header = nodes.row()
    header.extend(nodes.entry("", paragraph(title)) for title in head)
    group += nodes.thead("", header)
    body = nodes.tbody()
    for cells, row_classes in rows:
        line = nodes.row(classes=list(row_classes))
        for name, children, *span in cells:
            cell = nodes.entry("", *children, classes=[name])
            if span:
                cell["morecols"] = span[0] - 1
            line += cell
        body += line
    group += body
    return nodes.table("", group, classes=["colwidths-auto", *classes])


def setup(app):
    """Register the nodes."""
    app.add_node(block, html=(_visit_block, _depart_block))
