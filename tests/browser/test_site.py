"""The built book as a reader meets it: offline, on a phone, in the dark, with no broken link."""

import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ("file:", "data:", "blob:", "about:", "http://127.0.0.1:")
FACTS = """() => {
  const seen = e => e.checkVisibility() && e.getClientRects().length > 0;
  const article = document.querySelector('article.bd-article');
  const text = article.cloneNode(true);
  text.querySelectorAll('pre, code, script, style, mjx-container').forEach(e => e.remove());
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const maths = [...document.querySelectorAll('article .math')];
  return {
    maths: maths.length,
    unrendered: maths.filter(e => !e.querySelector('mjx-container svg path, mjx-container svg use'))
      .map(e => e.textContent),
    errors: [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map(e => e.textContent),
    raw: text.textContent.match(/\\\\\\(|\\\\\\[|\\$\\$|\\\\begin\\{|\\\\bm|\\\\frac/g) || [],
    wide: wide,
    searches: [...document.querySelectorAll(
      'input[type=search], .search-button-field, .search-button')].filter(seen).length,
    pictures: [...document.querySelectorAll('article img')].map(e => ({
      src: e.getAttribute('src'), alt: e.getAttribute('alt') || '', width: e.naturalWidth,
      filter: getComputedStyle(e).filter, background: getComputedStyle(e).backgroundColor,
      shown: e.getBoundingClientRect().width > 0})),
  };
}"""


def pages(site):
    """Every page of the site, without the redirection and the generated indexes."""
    skipped = {"index.html", "genindex.html", "py-modindex.html", "search.html"}
    found = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    return [path for path in found if str(path.relative_to(site)) not in skipped]


def settle(page):
    page.evaluate("() => window.MathJax?.startup?.promise")


def visit(page, urls, *, until="load"):
    """Load each address; return what each page is, what it asked for and what it complained of."""
    log = {}
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message))
    page.on("pageerror", lambda error: said.append(error))
    for url in urls:
        asked.clear()
        said.clear()
        page.goto(url)
        settle(page)
        page.wait_for_load_state(until)
        errors = [
            getattr(entry, "text", None) or str(entry)
            for entry in said
            if getattr(entry, "type", "error") == "error"
        ]
        outside = [address for address in asked if not address.startswith(LOCAL)]
        log[url] = {"facts": page.evaluate(FACTS), "errors": errors, "outside": outside}
    return log


def complaints(log, key):
    """The pages for which an entry of the log is not empty, by file name."""
    return {"/".join(url.split("/")[-2:]): seen[key] for url, seen in log.items() if seen[key]}


def facts(log, key):
    return {"/".join(url.split("/")[-2:]): seen["facts"][key] for url, seen in log.items()}


@pytest.fixture(scope="module")
def phone(site, open_page):
    """Every page from its file, 390 pixels wide."""
    return visit(open_page(width=390), [path.as_uri() for path in pages(site)])


@pytest.fixture(scope="module")
def dark(site, open_page):
    """Every page from its file, in the dark."""
    return visit(open_page(dark=True), [path.as_uri() for path in pages(site)])


@pytest.fixture(scope="module")
def soups(site):
    """Every page of the site, parsed, with the generated indexes."""
    found = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    return {path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for path in found}


def test_every_page_opens_from_a_folder_without_an_error(phone):
    assert complaints(phone, "errors") == {}


def test_no_page_asks_another_host_for_anything(site, serve, page):
    root = serve(site)
    log = visit(
        page, [root + str(path.relative_to(site)) for path in pages(site)], until="networkidle"
    )
    assert complaints(log, "outside") == {}
    assert complaints(log, "errors") == {}


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="https://example.org/x.png" alt="">',
        '<script src="https://example.org/x.js"></script>',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        "<script>fetch('https://example.org/x.json').catch(() => 0)</script>",
    ],
)
def test_a_planted_request_to_another_host_is_caught(tmp_path, serve, page, planted):
    article = f"<article class=bd-article>{planted}</article>"
    text = f"<!doctype html><html lang=en><title>x</title>{article}"
    (tmp_path / "x.html").write_text(text, encoding="utf-8")
    log = visit(page, [serve(tmp_path) + "x.html"], until="networkidle")
    (errors,) = complaints(log, "errors").values()
    assert any("Content Security Policy" in error for error in errors)
    from_file = visit(page, [(tmp_path / "x.html").as_uri()], until="networkidle")
    assert complaints(from_file, "outside")


def test_no_page_prepares_a_connection_to_another_host(soups):
    for path, soup in soups.items():
        links = [link for link in soup.find_all("link") if "//" in link.get("href", "")]
        assert links == [], path.name


def test_every_equation_is_drawn_without_a_network(phone):
    assert sum(facts(phone, "maths").values()) > 0
    for key in ("unrendered", "errors", "raw"):
        assert {name: found for name, found in facts(phone, key).items() if found} == {}


def test_no_page_scrolls_sideways_on_a_phone(phone):
    assert {name: wide for name, wide in facts(phone, "wide").items() if wide > 0} == {}


def test_each_page_shows_one_search_box(dark, phone):
    assert set(facts(dark, "searches").values()) == {1}
    assert set(facts(phone, "searches").values()) == {1}


def test_every_picture_is_there_and_says_what_it_shows(phone):
    for name, found in facts(phone, "pictures").items():
        for picture in found:
            where = f"{name}: {picture['src']}"
            assert picture["width"] > 0 or picture["src"].endswith(".svg"), f"{where} is missing"
            assert len(picture["alt"]) > 15, f"{where} has no alternative text"
            assert not re.fullmatch(r"(\.\./)*_images/\S+|[0-9a-f]{32,}\S*", picture["alt"]), where


def test_figures_keep_a_white_ground_and_no_filter_in_the_dark(dark):
    for name, found in facts(dark, "pictures").items():
        for picture in found:
            where = f"{name}: {picture['src']}"
            assert picture["filter"] == "none", where
            assert picture["background"] == "rgb(255, 255, 255)", where


def test_the_dark_page_is_dark(site, open_page):
    page = open_page(dark=True)
    page.goto(pages(site)[0].as_uri())
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"


def test_launch_buttons_stand_on_notebooks_only_and_name_them(site, soups):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    repository = config["repository"]["url"].removeprefix("https://github.com/")
    for path in pages(site):
        colab = [a["href"] for a in soups[path].select(".article-header-buttons a[href*='colab']")]
        name = path.relative_to(site).with_suffix("")
        if name.parts[0] == "labs":
            ending = f"github/{repository}/blob/main/{name}.ipynb"
            assert [link.endswith(ending) for link in colab] == [True], name
        else:
            assert colab == [], name


def test_every_internal_link_leads_somewhere(soups):
    ids = {
        path: {tag[key] for key in ("id", "name") for tag in soup.find_all(attrs={key: True})}
        for path, soup in soups.items()
    }
    broken = []
    for path, soup in soups.items():
        for link in soup.find_all("a", href=True):
            target = urlsplit(urljoin(path.as_uri(), link["href"]))
            if target.scheme != "file":
                continue
            file, fragment = Path(unquote(target.path)), unquote(target.fragment)
            if not file.exists():
                broken.append(f"{path.name}: {link['href']} (no such file)")
            elif fragment and file in ids and fragment not in ids[file]:
                broken.append(f"{path.name}: {link['href']} (no such place)")
    assert broken == []


def test_every_widget_replaces_its_fallback(site, open_page):
    page = open_page()
    for path in pages(site):
        if "data-widget" not in path.read_text(encoding="utf-8"):
            continue
        page.goto(path.as_uri())
        for name in page.eval_on_selector_all(
            "[data-widget]", "all => all.map(e => e.dataset.widget)"
        ):
            control = f"[data-widget='{name}'] :is(button, input, select, [tabindex='0'])"
            page.wait_for_selector(control, timeout=5000)
