"""Photograph every page of the built book in light, in dark and on a phone: one contact sheet.

``python scripts/look.py [PAGE …]`` reads _build/html (build it first) and writes under _build/look
``sheet.png``, the tops of all pages side by side; ``index.html``, the same with links to whole
pages; and the whole pages themselves. PAGE is a part of a page's path, such as ``week02``.
"""

import argparse
import html
import os
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
VIEWS = {  # name: (colour scheme, window's width and height, thumbnail's width)
    "light": ("light", (1280, 900), 640),
    "dark": ("dark", (1280, 900), 640),
    "phone": ("light", (390, 844), 270),
}
THUMB = 800  # height of a thumbnail
GAP, LABEL = 12, 26
SKIPPED = {"index.html", "genindex.html", "py-modindex.html", "search.html"}


def pages(site):
    """Return the site's pages, without redirections and generated indexes."""
    found = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    return [path for path in found if str(path.relative_to(site)) not in SKIPPED]


def chromium():
    """Return the path of an installed Chromium; the variable CHROMIUM names another one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        sys.exit("look: no Chromium found; install it, or name it in the variable CHROMIUM")
    return found


def settle(page):
    """Wait until the equations are drawn and the fonts are there."""
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.evaluate(
        "() => document.querySelectorAll('.bd-sidebar').forEach(bar => bar.scrollTo(0, 0))"
    )


def photograph(site, out, chosen):
    """Write a whole-page screenshot of each page in each view; return their paths."""
    shots = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for view, (scheme, (width, height), _) in VIEWS.items():
            size = {"width": width, "height": height}
            context = browser.new_context(color_scheme=scheme, viewport=size)
            page = context.new_page()
            for path in chosen:
                page.goto(path.as_uri())
                settle(page)
                name = str(path.relative_to(site).with_suffix("")).replace(os.sep, ".")
                shot = out / f"{name}.{view}.png"
                page.screenshot(path=shot, full_page=True)
                shots.setdefault(name, {})[view] = shot
            context.close()
        browser.close()
    return shots


def sheet(shots, target):
    """Paste the tops of all pages into one picture, a row a page."""
    widths = [width for *_, width in VIEWS.values()]
    size = sum(widths) + GAP * (len(widths) + 1), len(shots) * (THUMB + LABEL + GAP) + GAP
    picture = Image.new("RGB", size, "#8f979e")
    draw = ImageDraw.Draw(picture)
    for row, (name, views) in enumerate(shots.items()):
        top, left = GAP + row * (THUMB + LABEL + GAP), GAP
        draw.text((left, top + 4), name, fill="white", font_size=18)
        for view, (*_, width) in VIEWS.items():
            picture.paste(_thumbnail(views[view], width), (left, top + LABEL))
            left += width + GAP
    picture.save(target, optimize=True)


def _thumbnail(path, width):
    with Image.open(path) as shot:
        shown = shot.crop((0, 0, shot.width, min(shot.height, THUMB * shot.width // width)))
        return shown.convert("RGB").resize(
            (width, max(1, shown.height * width // shot.width)), Image.Resampling.LANCZOS
        )


def gallery(shots, target):
    """Write the page that shows the same pictures, each linked to its whole page."""
    rows = []
    for name, views in shots.items():
        cells = "".join(
            f'<a href="{html.escape(views[view].name)}"><img loading="lazy" width="{width}" '
            f'alt="{html.escape(name)}, {view}" src="{html.escape(views[view].name)}"></a>'
            for view, (*_, width) in VIEWS.items()
        )
        rows.append(f"<h2>{html.escape(name)}</h2><div>{cells}</div>")
    style = (
        "body{background:#8f979e;font:15px sans-serif}div{display:flex;gap:12px}"
        f"a{{display:block;max-height:{THUMB}px;overflow:hidden}}"
    )
    target.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>All pages</title>"
        f"<style>{style}</style><h1>{len(shots)} pages</h1>{''.join(rows)}",
        encoding="utf-8",
    )


def main():
    """Read the command line and make the contact sheet."""
    parser = argparse.ArgumentParser(description="Photograph every page of the built book.")
    parser.add_argument("pages", nargs="*", help="parts of paths; by default every page")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "look")
    options = parser.parse_args()
    site, out = options.site.resolve(), options.out.resolve()
    chosen = [
        path
        for path in pages(site)
        if not options.pages or any(part in str(path.relative_to(site)) for part in options.pages)
    ]
    if not chosen:
        sys.exit(f"look: no page in {site}; build the book first with `make book`")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shots = photograph(site, out, chosen)
    sheet(shots, out / "sheet.png")
    gallery(shots, out / "index.html")
    print(f"{len(shots)} pages, {len(VIEWS)} views each: {(out / 'sheet.png').as_uri()}")


if __name__ == "__main__":
    main()
