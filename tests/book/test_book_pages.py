"""What the extension makes of results: numbers in prose, tables, links, scripts."""

import hashlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import labkit

ROOT = Path(__file__).resolve().parents[2]


def text_of(node):
    return " ".join(node.get_text(" ").split())


def row_of(book, key):
    """The cells of a result's row by class, and the notes below it."""
    table = book.page("book/results.html")
    code = next(c for c in table.select("td.what p.id code") if text_of(c).split()[-1] == key)
    row = code.find_parent("tr")
    cells = {cell["class"][0]: cell for cell in row.find_all("td")}
    after = row.find_next_sibling("tr")
    notes = after if after and "notes-row" in after.get("class", []) else None
    return cells, text_of(notes) if notes else ""


def test_roles_print_values_in_the_format_of_their_id(mini):
    page = mini.page("book/week02_toy.html")
    results = [text_of(node) for node in page.select(".measured.result")]
    assert results == ["0.400", "12.5000, −1.2500", "3.0"]
    assert [text_of(node) for node in page.select(".measured.published")] == ["0.400"]
    assert [text_of(node) for node in page.select("p .verdict")] == [
        "reproduced",
        "ours",
        "different",
    ]


def test_roles_link_to_the_cell_that_measured(mini):
    link = mini.page("book/week02_toy.html").select_one(".measured.result a")
    assert link["href"] == "../labs/week02_toy.html#w02.toy.cost"
    assert mini.page("labs/week02_toy.html").find(id="w02.toy.cost")


def test_links_to_anchors_in_a_notebook_resolve_by_path_and_by_name(mini):
    page = mini.page("book/week02_toy.html")
    assert page.find("a", string="the cell")["href"] == "../labs/week02_toy.html#w02.toy.cost"
    assert page.find("a", string="the sign")["href"] == "../labs/week02_toy.html#a02.toy_sign"
    assert mini.page("labs/week02_toy.html").find(id="a02.toy_sign")


def test_glossary_terms_link_to_their_definition(mini):
    link = mini.page("book/week02_toy.html").find("span", class_="std-term").find_parent("a")
    assert link["href"] == "glossary.html#term-toy"


def test_results_table_shows_published_ours_spread_data_departures_and_why(mini):
    cells, notes = row_of(mini, "w02.toy.cost")
    assert list(cells) == ["what", "is", "published", "ours", "data"]
    assert text_of(cells["is"]) == "reproduced"
    assert text_of(cells["published"]) == "0.400 logbook"
    assert text_of(cells["ours"]) == "0.400 ± 0.012, 5 seeds"
    assert text_of(cells["data"]) == "toys full"
    assert cells["what"].a["href"] == "../labs/week02_toy.html#w02.toy.cost"
    assert notes == "Departures: 5 epochs instead of 50. Why: Within the tolerance."


def test_results_table_prints_lists_units_intervals_and_ours(mini):
    assert text_of(row_of(mini, "w02.toy.costs")[0]["ours"]) == "12.5000, −1.2500 one run"
    cells, notes = row_of(mini, "w02.toy.ours")
    assert text_of(cells["published"]) == "–"
    assert text_of(cells["ours"]) == "3.0 s [2.5, 3.5], 3 seeds"
    assert text_of(cells["is"]) == "ours"
    assert notes == ""


def test_results_not_measured_are_listed_as_pending_or_not_run(mini):
    cells, _ = row_of(mini, "w02.toy.later")
    assert text_of(cells["is"]) == "pending"
    assert text_of(cells["published"]) == "would overfit handbook"
    assert cells["what"].a is None
    cells, notes = row_of(mini, "w03.toy.gpu")
    assert (text_of(cells["is"]), text_of(cells["ours"])) == ("not run", "–")
    assert notes == "Why: Needs a GPU."


def test_results_are_grouped_by_week_with_audit_cases_last(mini):
    page = mini.page("book/results.html")
    weeks = {text_of(s.h2).strip("# "): s for s in page.select("article section section")}
    assert list(weeks) == ["Week 2", "Week 3"]
    ids = [text_of(code) for code in weeks["Week 2"].select("p.id code")]
    assert ids == [
        "w02.toy.cost",
        "w02.toy.costs",
        "w02.toy.ours",
        "w02.toy.later",
        "audit · a02.toy_sign",
    ]
    assert page.select('.bd-sidebar-secondary a[href="#results-week-3"]')


def test_runs_table_shows_the_stamp(mini):
    page = mini.page("book/runs.html")
    cells = {cell["class"][0]: cell for cell in page.select("table.runs tbody td")}
    assert text_of(cells["what"]) == "The toy lab week02_toy 2026-11-22"
    assert cells["what"].a["href"] == "../labs/week02_toy.html"
    assert text_of(cells["seconds"]) == "12.3 s 231 MB"
    assert text_of(cells["student"]) == "45 min"
    assert text_of(cells["labkit"]) == "fedcba9876"
    assert text_of(cells["data"]) == "toys 0123456789"
    assert text_of(cells["notes"]) == "Versions: python 3.11.9, numpy 2.4.6"


def test_tally_counts_every_id_once(mini):
    page = mini.page("book/index.html")
    counts = {
        text_of(box.select_one(".verdict")): int(text_of(box.p)) for box in page.select(".count-of")
    }
    assert counts == {
        "reproduced": 1,
        "close": 1,
        "corrected": 1,
        "not run": 1,
        "ours": 1,
        "pending": 1,
    }
    assert "6 results and audit cases in 1 lab; 1 still to be measured" in text_of(page.article)


def test_audit_index_groups_cases_by_habit(mini):
    index = mini.page("book/audit.html").select_one("dl.audit-index")
    assert text_of(index.dt) == "Step once and look."
    assert text_of(index.dd) == "Sign of the step (week 2, handbook) corrected"
    assert index.dd.a["href"] == "../labs/week02_toy.html#a02.toy_sign"


def test_widget_shows_its_fallback_and_loads_its_script_on_that_page_only(mini):
    page = mini.page("book/week02_toy.html")
    widget = page.select_one("div.widget[data-widget=toy]")
    assert text_of(widget) == "A static picture of the toy."
    assert "min-height: 120px" in widget["style"]
    script = page.select_one("script[src*='widgets/toy.js']")
    assert script.has_attr("defer")
    assert script.get("type") is None
    sources = [found["src"].split("?")[0] for found in page.select("script[src*='widgets/']")]
    assert [Path(source).name for source in sources] == ["controls.js", "toy.js"]
    assert not mini.page("book/plain.html").select("script[src*='widgets/']")


def test_launch_buttons_stand_on_notebooks_only(mini):
    lab = mini.page("labs/week02_toy.html")
    (colab,) = (a["href"] for a in lab.select("a[href*='colab']"))
    assert re.search(r"github/[^/]+/[^/]+/blob/main/labs/week02_toy\.ipynb$", colab)
    assert not mini.page("book/week02_toy.html").select("a[href*='colab'], a[href*='mybinder']")


def test_no_script_names_another_host(mini):
    for path in (mini.folder / "_build/html").rglob("*.html"):
        for script in mini.page(path).find_all("script"):
            assert "//" not in (script.get("src") or "")
            assert "unpkg" not in script.text


def test_mathjax_is_the_file_its_notice_names():
    folder = ROOT / "book/_static/mathjax"
    notice = (folder / "NOTICE.txt").read_text(encoding="utf-8")
    digest = hashlib.sha256((folder / "tex-svg-full.js").read_bytes()).hexdigest()
    assert f"sha256 {digest}" in notice


def test_every_module_of_labkit_is_in_the_reference():
    from measured.api import modules

    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "book/api").glob("*.md"))
    asked = [name for line in re.findall(r"\{api\} (.+)", text) for name in line.split()]
    documented = [name for top in asked for name in modules(top)]
    exists = [
        module.name
        for module in pkgutil.walk_packages(labkit.__path__, "labkit.")
        if importlib.util.find_spec(module.name) and "._" not in module.name
    ]
    assert sorted(documented) == sorted(exists)


def test_punctuation_stays_on_the_line_of_the_formula_before_it(mini):
    pair = mini.page("book/week02_toy.html").select_one(".nobreak")
    assert pair.select_one(".math")
    assert text_of(pair).endswith(".")
    assert pair.next_sibling.startswith(" A ")
