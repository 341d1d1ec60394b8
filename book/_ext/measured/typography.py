"""A full stop stays with the formula before it: no line begins with punctuation."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

_PUNCTUATION = re.compile(r"^[.,;:!?)\]’”]+(?:-\w+)?")


class KeepPunctuation(SphinxPostTransform):
    """Put an inline formula and the punctuation after it into one span that doesn't break."""

    default_priority = 700
    formats = ("html",)

    def run(self, **kwargs):
        """Wrap each formula that a punctuation mark follows."""
        for formula in list(self.document.findall(nodes.math)):
            after = formula.next_node(nodes.Text, descend=False, siblings=True)
            place = formula.parent.index(formula) + 1
            if after is None or formula.parent[place : place + 1] != [after]:
                continue
            mark = _PUNCTUATION.match(after)
            if not mark:
                continue
            parent = formula.parent
            parent.replace(after, nodes.Text(after[mark.end() :]))
            pair = nodes.inline(classes=["nobreak"])
            parent.replace(formula, pair)
            pair += [formula, nodes.Text(mark.group())]


def setup(app):
    """Register the transform."""
    app.add_post_transform(KeepPunctuation)
