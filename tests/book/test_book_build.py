"""How the book is built: what fails it, what it rebuilds, and the student edition."""

import json
import shutil

RESULTS = "labs/results/week02_toy.full.json"


def pages_read(said):
    """The number of pages that a build read."""
    line = next(line for line in said.splitlines() if "updating environment" in line)
    counts = [int(word) for word in line.replace("[", " ").split() if word.isdigit()]
    return sum(counts[:2])


def test_a_warning_fails_the_build_and_fails_it_again(book):
    book.edit("book/plain.md", "No number", "[Nothing](nowhere.md) and no number")
    first, _ = book.build()
    second, said = book.build()
    assert first != 0
    assert second != 0
    assert "nowhere.md" in said


def test_each_mistake_in_a_page_is_an_error_that_names_it(book):
    book.edit(
        "book/plain.md",
        "No number here.",
        "{result}`w02.toy.cots` {result}`w02.toy.later` {published}`w02.toy.ours`\n"
        "{verdict}`w02.toy.later` {badge}`perfect` [x](../labs/week02_toy.ipynb#w02.gone)\n\n"
        ":::{widget} missing\nFallback\n:::\n\n"
        ":::{widget} toy\n:::\n\n"
        ":::{edition} teacher\nx\n:::",
    )
    code, said = book.build()
    assert code != 0
    for message in (
        "result: 'w02.toy.cots' is not in published.yml; did you mean 'w02.toy.costs'?",
        "result: 'w02.toy.later' has no result yet",
        "published: 'w02.toy.ours' has no published value; it is ours",
        "verdict: 'w02.toy.later' has no result yet",
        "badge: 'perfect' is no verdict",
        "local id not found in doc 'labs/week02_toy': 'w02.gone'",
        "widget: no widgets/missing.js",
        'Content block expected for the "widget" directive',
        "edition: expected one of ('full', 'student'), got 'teacher'",
    ):
        assert message in said


def test_a_result_whose_anchor_is_missing_is_an_error(book):
    book.edit("labs/week02_toy.ipynb", 'id=\\"w02.toy.ours\\"', 'id=\\"w02.toy.hours\\"')
    code, said = book.build()
    assert code != 0
    assert "undefined label: 'w02.toy.ours'" in said


def test_an_anchor_used_twice_is_an_error(book):
    book.edit("labs/solutions/week02.ipynb", "Forty-two.", "<a id='w02.toy.cost'></a>Forty-two.")
    code, said = book.build()
    assert code != 0
    assert "anchor 'w02.toy.cost' already stands in labs/" in said


def test_results_that_published_yml_does_not_know_fail_the_build(book):
    book.edit(RESULTS, '"id": "w02.toy.costs"', '"id": "w02.toy.costly"')
    code, said = book.build()
    assert code != 0
    assert "week02_toy.full.json has a row 'w02.toy.costly' that is not in published.yml" in said


def test_only_pages_that_show_a_changed_result_are_read_again(book):
    code, said = book.build()
    assert (code, pages_read(said)) == (0, 9)
    code, said = book.build()
    assert (code, pages_read(said)) == (0, 0)

    # one value changes: the page that prints it, and the four that show all results
    book.edit(RESULTS, "0.40004", "0.41004")
    code, said = book.build()
    assert (code, pages_read(said)) == (0, 5)
    assert "0.410" in book.page("book/week02_toy.html").select_one(".measured.result").text

    # a value that no prose prints
    book.edit(RESULTS, '"value": -1,', '"value": -2,')
    code, said = book.build()
    assert (code, pages_read(said)) == (0, 4), said

    # a results file that did not exist before
    row = json.loads((book.folder / RESULTS).read_text(encoding="utf-8"))["results"][0]
    run = {"lab": "solutions/week02", "results": [{**row, "id": "w02.toy.later", "value": "no"}]}
    (book.folder / "labs/results/later.full.json").write_text(json.dumps(run), encoding="utf-8")
    code, said = book.build()
    assert (code, pages_read(said)) == (0, 4), said
    assert "pending" not in book.page("book/index.html").select_one(".tally").text


def test_a_new_citation_reaches_the_list_of_references_at_the_next_build(book):
    entry = "@misc{{{0}, author = {{{0}, A.}}, title = {{On {0}}}, year = {{1999}}}}\n"
    bib = "".join(entry.format(name) for name in ("Polyak", "Newton"))
    (book.folder / "book/references.bib").write_text(bib, encoding="utf-8")
    (book.folder / "book/references.md").write_text(
        "# References\n\n```{bibliography}\n```\n", encoding="utf-8"
    )
    book.edit("_toc.yml", "- file: book/plain", "- file: book/plain\n      - file: book/references")
    book.edit("book/plain.md", "No number here.", "{cite:t}`Newton`.")
    assert book.build()[0] == 0
    assert "Polyak" not in book.page("book/references.html").text

    book.edit("book/plain.md", "{cite:t}`Newton`.", "{cite:t}`Newton`, {cite:t}`Polyak`.")
    assert book.build()[0] == 0
    assert "Polyak" in book.page("book/references.html").text
    link = book.page("book/plain.html").select("article a.internal[href*='references.html#']")[-1]
    anchor = link["href"].partition("#")[2]
    assert book.page("book/references.html").find(id=anchor)


def test_the_student_edition_holds_no_solution(book):
    code, said = book.build(EDITION="student")
    assert code == 0, said
    built = book.folder / "_build/student-site/_build/html"
    assert (built / "labs/week02_toy.html").exists()
    assert not (built / "labs/solutions").exists()
    everything = "".join(path.read_text(encoding="utf-8") for path in built.rglob("*.html"))
    everything += (built / "searchindex.js").read_text(encoding="utf-8")
    assert "What is it?" in everything
    for secret in ("forty", "Forty", "Only teachers", "solutions/week02"):
        assert secret not in everything


def test_a_copy_without_solutions_is_a_student_edition(book):
    shutil.rmtree(book.folder / "labs/solutions")
    book.edit("_toc.yml", "          - file: labs/solutions/week02\n", "")
    code, said = book.build()
    assert code == 0, said
    assert "Only teachers" not in book.page("book/week02_toy.html").text


def test_an_unknown_edition_is_refused(book):
    code, said = book.build(EDITION="teacher")
    assert code != 0
    assert "expected EDITION to be one of" in said
