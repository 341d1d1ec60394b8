"""The descent widget walks as labkit's optimisers do, and needs no mouse and no server."""

import json
from pathlib import Path

import numpy as np
import pytest

from labkit.scratch import optim

pytestmark = pytest.mark.browser

WIDGETS = Path(__file__).parents[2] / "book/_static/widgets"
SLOPES = {
    "valley": lambda p, kappa: np.array([p[0] / kappa, p[1]]),
    "saddle": lambda p, kappa: np.array([p[0], p[1] ** 3 - p[1]]),
}
START = {"surface": "valley", "kappa": 30, "gd": 1, "momentum": 0.3, "beta": 0.9, "adam": 0.1}
START |= {"u": -1.6, "v": 1}


def walk(optimizer, steps, *, surface="valley", kappa=30, start=(-1.6, 1.0)):
    """The places of one optimiser of labkit, from the start on."""
    params = {"p": np.array(start)}
    places = [params["p"].copy()]
    for _ in range(steps):
        optimizer.step(params, {"p": SLOPES[surface](params["p"], kappa)})
        places.append(params["p"].copy())
    return np.array(places)


@pytest.fixture
def widget(page, tmp_path):
    """A page, opened from file://, that holds nothing but the fallback and the two scripts."""
    scripts = "".join(
        f"<script defer src='{(WIDGETS / name).as_uri()}'></script>"
        for name in ("controls.js", "descent.js")
    )
    html = tmp_path / "widget.html"
    html.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>widget</title>"
        f'<div data-widget="descent">fallback</div>{scripts}',
        encoding="utf-8",
    )
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(html.as_uri())
    page.wait_for_selector(".dcw")
    yield page
    assert problems == []


def ends(page):
    return np.array(json.loads(page.get_attribute(".dcw", "data-ends")))


def path(page, key, steps, **options):
    call = "([key, steps, options]) => window.labWidgets.descent.path(key, steps, options)"
    return np.array(page.evaluate(call, [key, steps, START | options]))


@pytest.mark.parametrize("surface", ["valley", "saddle"])
def test_each_method_steps_as_labkit_does(widget, surface):
    for kappa in (1, 30, 1000):
        place = {"surface": surface, "kappa": kappa}
        pairs = {
            "gd": optim.SGD(0.6),
            "momentum": optim.SGD(0.3, momentum=0.95),
            "adam": optim.Adam(0.1),
        }
        for key, optimizer in pairs.items():
            got = path(widget, key, 200, gd=0.6, momentum=0.3, beta=0.95, adam=0.1, **place)
            np.testing.assert_allclose(got, walk(optimizer, 200, **place), rtol=1e-9, atol=1e-12)


def test_the_page_shows_where_the_three_are_after_the_clicks(widget):
    widget.click("button[data-action=step]")
    widget.click("button[data-action=ten]")
    optimizers = (optim.SGD(1.0), optim.SGD(0.3, momentum=0.9), optim.Adam(0.1))
    expected = [walk(optimizer, 11)[-1] for optimizer in optimizers]
    np.testing.assert_allclose(ends(widget), expected, rtol=1e-9, atol=1e-12)
    assert widget.get_attribute(".dcw", "data-steps") == "11"


def test_above_two_over_the_curvature_descent_is_told_to_diverge(widget):
    widget.focus("input[name=gd]")
    for _ in range(4):  # 1, 1.5, 1.9, 2, 2.1
        widget.keyboard.press("ArrowRight")
    for _ in range(3):
        widget.click("button[data-action=hundred]")
    said = widget.inner_text("[role=status]")
    assert "descent has diverged" in said
    assert "multiplies v by −1.100, so v grows: it diverges" in said
    widget.focus("input[name=gd]")
    widget.keyboard.press("ArrowLeft")
    assert "swings for ever" in widget.inner_text("[role=status]")


def test_a_click_and_the_keyboard_move_the_start(widget):
    box = widget.locator("svg.dcw-plane").bounding_box()
    middle = (40 + 130) / 310 * box["width"], (8 + 100) / 230 * box["height"]
    widget.locator("svg.dcw-plane").click(position={"x": middle[0], "y": middle[1]})
    np.testing.assert_allclose(ends(widget), np.zeros((3, 2)), atol=1e-12)
    widget.focus("input[name=v]")
    widget.keyboard.press("ArrowRight")
    np.testing.assert_allclose(ends(widget), [[0, 0.1]] * 3, atol=1e-12)
    assert widget.inner_text("output[data-value=v]") == "0.1"


def test_on_the_ridge_of_the_saddle_nobody_leaves_it(widget):
    widget.select_option("select[name=surface]", "saddle")
    assert widget.is_disabled("input[name=kappa]")
    widget.focus("input[name=v]")
    for _ in range(10):
        widget.keyboard.press("ArrowLeft")
    widget.click("button[data-action=hundred]")
    np.testing.assert_allclose(ends(widget)[:, 1], 0, atol=1e-12)
    widget.focus("input[name=v]")
    widget.keyboard.press("ArrowRight")
    np.testing.assert_allclose(np.abs(ends(widget)[:, 1]), 1, atol=0.1)


def test_the_keyboard_alone_steps_and_goes_back(widget):
    widget.focus("button[data-action=step]")
    widget.keyboard.press("Enter")
    widget.keyboard.press("Space")
    assert widget.get_attribute(".dcw", "data-steps") == "2"
    for _ in range(3):
        widget.keyboard.press("Tab")
    widget.keyboard.press("Enter")
    assert widget.get_attribute(".dcw", "data-steps") == "0"


def test_every_control_has_a_name_and_every_value_a_text(widget):
    unnamed = widget.evaluate(
        "() => [...document.querySelectorAll('.dcw :is(select, input, button, svg[role])')]"
        ".filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')"
        " && !e.textContent.trim()).length"
    )
    assert unnamed == 0
    assert widget.inner_text("output[data-value=kappa]") == "30"
    assert "Height lines of the valley" in widget.get_attribute("svg.dcw-plane", "aria-label")
