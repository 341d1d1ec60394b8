"""A miniature book, built with the real configuration, extension and static files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))  # the extension is no installed package


class Book:
    """A copy of the miniature book that a test may change and build."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(Path(__file__).parent / "mini", folder)
        shutil.copy(ROOT / "_config.yml", folder)
        shutil.copytree(ROOT / "book/_ext", folder / "book/_ext")
        (folder / "book/references.bib").touch()
        static = folder / "book/_static"
        (static / "widgets").mkdir(parents=True)
        for name in ("toy", "controls"):
            (static / f"widgets/{name}.js").write_text("'use strict';\n", encoding="utf-8")
        for name in ("logo.svg", "favicon.svg", "custom.css"):
            shutil.copy(ROOT / "book/_static" / name, static)

    def build(self, **environment):
        """Build; return the exit code and everything that was said."""
        told = {**os.environ, "EDITION": "", "NO_COLOR": "1", **environment}
        command = [sys.executable, ROOT / "scripts/book.py", "--source", self.folder]
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def edit(self, name, old, new):
        """Replace a text that must occur in a file of the book."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def page(self, name, base="_build/html"):
        """Return a built page, parsed."""
        text = (self.folder / base / name).read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser")


@pytest.fixture(scope="session")
def mini(tmp_path_factory):
    """The miniature book, built once; tests that use it change nothing."""
    book = Book(tmp_path_factory.mktemp("mini") / "book")
    code, said = book.build()
    assert code == 0, said
    return book


@pytest.fixture
def book(tmp_path):
    """A miniature book of the test's own, not built yet."""
    return Book(tmp_path / "book")
