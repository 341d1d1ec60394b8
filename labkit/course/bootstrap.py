"""The first cell of every lab: it installs labkit where it is missing, and never a framework.

Colab and Binder bring the frameworks; a laptop installs them once from requirements.txt. The
repository's address stands in ``_config.yml``; ``labkit set-repository`` copies it to here.
"""

REPOSITORY = "https://github.com/OWNER/REPO"
TAGS = ("bootstrap", "remove-input")
SOURCE = f"""\
# Installs the course's own package where it is missing (Colab, Binder), never a framework.
from importlib.util import find_spec

if find_spec("labkit") is None:
    %pip install -q "labkit @ git+{REPOSITORY}\""""


def bootstrap_cell():
    """Return the cell, an nbformat code cell, as it stands in every lab."""
    from nbformat.v4 import new_code_cell

    return new_code_cell(SOURCE, id="bootstrap", metadata={"tags": list(TAGS)})
