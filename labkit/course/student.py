"""``labkit student``: a copy of the course without its solutions."""

import re
import shutil
import subprocess
from pathlib import Path

from labkit.course.notebook import course_root
from labkit.profile import say

_LEFT_OUT = ("labs/solutions/", "tests/", ".ci/", ".github/")
_SOLUTION = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{solution(?:\}|-start\}.*?\{solution-end\}).*?^(?P=fence)[ \t]*$\n?",
    re.M | re.S,
)


def without_solutions(text: str) -> str:
    r"""Return a chapter without its solution blocks.

    Examples
    --------
    >>> without_solutions("Why?\n\n:::{solution} ex-1\nBecause.\n:::\nNext.\n")
    'Why?\n\nNext.\n'
    """
    return _SOLUTION.sub("", text)


def student(out: Path, *, root: Path | None = None) -> int:
    """Copy what git tracks, without solutions and the tests that know them.

    Parameters
    ----------
    out : Path
        A folder that is not there yet, or empty.
    root : Path, optional
        The course's folder, a git working copy; by default that around the working directory.

    Returns
    -------
    int
        0.

    Raises
    ------
    FileExistsError
        If ``out`` holds files.
    """
    root = root or course_root()
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"expected an empty folder, got {out}, which holds files")
    command = ["git", "-C", str(root), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True)
    if listed.returncode:
        raise RuntimeError(f"expected a git working copy in {root}: {listed.stderr.strip()}")
    names = [name for name in listed.stdout.split("\0") if (root / name).is_file()]
    names = [name for name in names if not name.startswith(_LEFT_OUT)]
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, out / name)
    for path in [out / "_toc.yml", *out.glob("book/**/*.md")]:
        cut = _without_entries if path.suffix == ".yml" else without_solutions
        path.write_text(cut(path.read_text(encoding="utf-8")), encoding="utf-8")
    say(f"{len(names)} files copied to {out}, solutions left out")
    return 0


def _without_entries(toc):
    """Return a table of contents without the solutions, wherever they stand in it."""
    import yaml

    def prune(node):
        if isinstance(node, dict):
            return {key: prune(value) for key, value in node.items()}
        if not isinstance(node, list):
            return node
        return [prune(each) for each in node if "solutions/" not in str(each.get("file", ""))]

    return yaml.safe_dump(prune(yaml.safe_load(toc)), sort_keys=False)
