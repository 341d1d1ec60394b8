"""``labkit set-repository``: one address, copied to every place that must name it."""

import re
from pathlib import Path

from labkit.course.notebook import course_root
from labkit.profile import say

PLACES = (
    *("_config.yml", "*.md", "pyproject.toml", "labkit/course/bootstrap.py", "book/**/*.md"),
    *("labs/*.ipynb", "labs/solutions/*.ipynb", ".github/**/*.yml", "binder/*"),
)
_SLUG = r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?"


def slug(url: str) -> str:
    """Return the OWNER/NAME of a repository's address.

    Raises
    ------
    ValueError
        If it is not one of GitHub, which Colab and Binder need.

    Examples
    --------
    >>> slug("https://github.com/ada/course.git")
    'ada/course'
    """
    match = re.fullmatch(rf"https://github\.com/({_SLUG})(?:\.git)?/?", url)
    if not match:
        raise ValueError(f"expected https://github.com/OWNER/REPO, got {url!r}")
    return match[1]


def repository_url(root: Path) -> str:
    """Return the address that ``_config.yml`` states."""
    import yaml

    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return config["repository"]["url"]


def set_repository(url: str, *, root: Path | None = None) -> int:
    """Rewrite the repository's address everywhere, and say in how many files it changed.

    Parameters
    ----------
    url : str
        Such as "https://github.com/ada/course".
    root : Path, optional
        The course's folder; by default the one around the working directory.

    Returns
    -------
    int
        0.
    """
    root = root or course_root()
    new, old = slug(url), slug(repository_url(root))
    word = re.compile(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.(?!git\b)\w)")
    changed = 0
    for path in (path for place in PLACES for path in sorted(root.glob(place)) if path.is_file()):
        text = path.read_text(encoding="utf-8")
        if word.search(text):
            path.write_text(word.sub(new, text), encoding="utf-8", newline="\n")
            changed += 1
    say(f"{old} → {new} in {changed} files")
    return 0
