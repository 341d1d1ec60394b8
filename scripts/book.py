"""Build the book: every warning is an error, and a failing build fails again the second time.

``python scripts/book.py`` puts the book at _build/html. With ``EDITION=student`` in the environment
it leaves the solutions out, at _build/student-site/_build/html. ``--source DIR --output DIR``
builds another book elsewhere.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def build(source=ROOT, output=None, *, quiet=False):
    """Build the book.

    Parameters
    ----------
    source : Path
        The folder of ``_config.yml`` and ``_toc.yml``.
    output : Path, optional
        Where ``_build`` goes; by default the source folder, or its ``_build/student-site``.
    quiet : bool
        Print warnings only.

    Returns
    -------
    Path or None
        The first page; None if there was a warning.
    """
    student = os.environ.get("EDITION") == "student"
    output = Path(output or (source / "_build" / "student-site" if student else source))
    doctrees = output / "_build" / ".doctrees"
    unfinished = output / "_build" / ".unfinished"
    # A page that gave a warning is cached without it. So the cache goes after a failure, and also
    # after a build that was stopped half-way.
    if unfinished.exists():
        shutil.rmtree(doctrees, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    command += [str(source), "--path-output", str(output), "-W", "-n", "--keep-going"]
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # recompiling costs 3 s at every build
    code = subprocess.run(command + ["-q"] * quiet, env=environment, check=False).returncode
    if code:
        shutil.rmtree(doctrees, ignore_errors=True)
        return None
    unfinished.unlink()
    return output / "_build" / "html" / "index.html"


def main():
    """Read the command line, build, say where the first page is."""
    parser = argparse.ArgumentParser(description="Build the book.")
    parser.add_argument("--source", type=Path, default=ROOT)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args()
    page = build(options.source.resolve(), options.output, quiet=options.quiet)
    if page is None:
        sys.exit("The book was not built: see the first warning above.")
    print(f"\nThe book is at {page.as_uri()}")


if __name__ == "__main__":
    main()
