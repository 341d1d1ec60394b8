"""Importing labkit stays light, imports point one way, and the code keeps its size and manners."""

import ast
import io
import json
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

import labkit

PACKAGE = Path(labkit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ("torch", "tensorflow", "keras", "matplotlib.pyplot", "pandas", "sklearn")
# A module may import from a layer before its own, and from its own subpackage.
LAYERS = (
    {"types", "history", "profile", "seeds", "metrics", "grad", "text"},
    {"data"},
    {"train", "anatomy", "vision"},
    {"scratch"},  # its MLP is trained by fit_numpy, which itself knows no model
    {"plot", "sheet"},
    {"ledger", "check"},
    {"course"},
)


def module_name(path, package=PACKAGE):
    """Return the dotted name of a file in a package."""
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def heavy_after_import(names, *, path=()):
    """Return which heavy packages each import is the first to load, in a fresh interpreter."""
    code = (
        "import importlib, json, sys\n"
        f"sys.path[:0] = {[str(folder) for folder in path]}\n"
        f"left, loaded = set({HEAVY}), {{}}\n"
        f"for name in {list(names)}:\n"
        "    importlib.import_module(name)\n"
        "    loaded[name] = sorted(left & sys.modules.keys())\n"
        "    left -= sys.modules.keys()\n"
        "sys.stdout.write(json.dumps(loaded))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {name: found for name, found in json.loads(run.stdout).items() if found}


def test_importing_labkit_and_its_modules_loads_nothing_heavy():
    names = [module_name(path) for path in FILES if path.stem != "__main__"]
    assert names[0] == "labkit"
    assert "labkit.train.fit_torch" in names
    names.sort(key="labkit.scratch.mlp".__eq__)  # last, or what it loads counts for no other
    loaded = heavy_after_import(names)
    # It inherits scikit-learn's interface, and scikit-learn loads pandas.
    assert loaded.pop("labkit.scratch.mlp") == ["pandas", "sklearn"]
    assert loaded == {}


@pytest.mark.parametrize("heavy", ["pandas", "matplotlib.pyplot"])
def test_the_test_of_light_imports_can_fail(tmp_path, heavy):
    (tmp_path / "innocent.py").write_text("import json\n")
    (tmp_path / "guilty.py").write_text(f"import {heavy}\n")
    assert heavy_after_import(["innocent"], path=[tmp_path]) == {}
    found = heavy_after_import(["innocent", "guilty"], path=[tmp_path])
    assert heavy in found.pop("guilty")
    assert found == {}


def imports_of(source, module, *, is_package=False):
    """Return the dotted names that a module's code imports, wherever in it they stand."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            own = module.split(".")
            above = own[: len(own) - node.level + is_package] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def layer_of(module):
    """Return the subpackage or module below labkit, and the number of its layer."""
    if module == "labkit":
        return "", 0
    part = module.split(".")[1]
    for number, layer in enumerate(LAYERS):
        if part in layer:
            return part, number
    raise LookupError(f"expected labkit.{part} in one of the layers; add it to LAYERS")


def wrong_way(source, module, *, is_package=False):
    """Return the imports of labkit that do not point to an earlier layer."""
    part, layer = layer_of(module)
    wrong = []
    for name in sorted(imports_of(source, module, is_package=is_package)):
        if name.split(".")[0] != "labkit" or is_own_name(name):
            continue
        other, below = layer_of(name)
        if other != part and below >= layer and module != "labkit":
            wrong.append(name)
        if module == "labkit" and below > 0:
            wrong.append(name)
    return wrong


def is_own_name(name):
    """Say whether a name is the package, or one that labkit/__init__.py itself offers."""
    return name == "labkit" or name in {f"labkit.{n}" for n in ("__version__", *labkit.__all__)}


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_point_to_earlier_layers(path):
    source, package = path.read_text(encoding="utf-8"), path.stem == "__init__"
    assert wrong_way(source, module_name(path), is_package=package) == []


@pytest.mark.parametrize(
    ("module", "source", "is_package"),
    [
        ("labkit.metrics", "from labkit.train import fit_numpy", False),
        ("labkit.metrics", "from labkit.grad import check_gradient", False),
        ("labkit.data.fetch", "import labkit.ledger", False),
        ("labkit.data.toy", "def f():\n    from labkit import scratch", False),
        ("labkit.scratch.losses", "from ..plot import curves", False),
        ("labkit.data", "from ..train import loop", True),
        ("labkit", "from labkit.data import load", True),
        ("labkit", "from .train import fit_numpy", True),
    ],
)
def test_the_test_of_the_layers_can_fail(module, source, is_package):
    assert len(wrong_way(source, module, is_package=is_package)) == 1


@pytest.mark.parametrize(
    ("module", "source", "is_package"),
    [
        ("labkit.train.loop", "from labkit.history import History", False),
        ("labkit.train.fit_numpy", "from .loop import batches", False),
        ("labkit.train", "from .loop import batches", True),
        ("labkit.course", "from labkit import __version__, ledger", True),
        ("labkit.metrics", "import sklearn, numpy as np", False),
    ],
)
def test_the_test_of_the_layers_can_pass(module, source, is_package):
    assert wrong_way(source, module, is_package=is_package) == []


def lines_of_code(source):
    """Count the lines that hold code: no blank ones, comments or docstrings."""
    idle = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in (*idle, tokenize.ENDMARKER):
            lines |= set(range(token.start[0], token.end[0] + 1))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


def test_lines_of_code_are_counted_without_blanks_comments_and_docstrings():
    source = '"""One.\n\nTwo."""\n\n# three\nx = (1,\n     2)  # four\n\n\n'
    source += 'def f():\n    """F."""\n    return """a\nb"""\n'
    assert lines_of_code(source) == 5


def test_a_module_has_at_most_200_lines_of_code_and_labkit_4500():
    # The command line, on which no number depends, is counted apart from what labs import.
    sizes = {module_name(path): lines_of_code(path.read_text(encoding="utf-8")) for path in FILES}
    assert {name: size for name, size in sizes.items() if size > 200} == {}
    course = sum(size for name, size in sizes.items() if name.startswith("labkit.course"))
    assert course <= 650
    assert sum(sizes.values()) - course <= 4500


def breaches(source):
    """Return the lines with an assert, a print, a pickle, or a reader told to trust one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        names |= {node.module} if isinstance(node, ast.ImportFrom) else set()
        if (
            isinstance(node, ast.Assert)
            or (isinstance(node, ast.Name) and node.id in ("print", "breakpoint"))
            or (names & {"pickle", "cloudpickle", "dill", "shelve", "marshal"})
            or (isinstance(node, ast.Attribute) and "pickle" in node.attr)
            or (isinstance(node, ast.keyword) and trusts_pickles(node))
        ):
            found.append(node.lineno if hasattr(node, "lineno") else node.value.lineno)
    return found


def trusts_pickles(keyword):
    safe = {"allow_pickle": False, "weights_only": True, "safe_mode": True}
    value = getattr(keyword.value, "value", None)
    return keyword.arg in safe and value is not safe[keyword.arg]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_labkit_has_no_assert_print_or_pickle(path):
    assert breaches(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "assert x",
        "print(x)",
        "import pickle",
        "def f():\n    from pickle import loads",
        "pd.read_pickle(path)",
        "np.load(path, allow_pickle=True)",
        "torch.load(path, weights_only=False)",
    ],
)
def test_the_test_of_manners_can_fail(source):
    assert len(breaches(source)) == 1


def test_the_test_of_manners_lets_safe_readers_pass():
    assert breaches("np.load(p, allow_pickle=False)\ntorch.load(p, weights_only=True)") == []
