"""The perceptron widget follows the chapter's rule row by row, without a mouse or a server."""

import json
from pathlib import Path

import numpy as np
import pytest

from labkit.data.toy import gate

pytestmark = pytest.mark.browser

WIDGETS = Path(__file__).parents[2] / "book/_static/widgets"


def states(name, *, rows, learning_rate=0.5, at_zero=1.0):
    """The weights after each look at a row, by the rule of the lab, and the mistakes per epoch."""
    x, y = gate(name)
    w, b, found, mistakes = np.zeros(2), 0.0, [], []
    for k in range(rows):
        i = k % len(x)
        if i == 0:
            mistakes.append(0)
        answer = np.heaviside(x[i] @ w + b, at_zero)
        w = w + learning_rate * (y[i] - answer) * x[i]
        b = b + learning_rate * (y[i] - answer)
        mistakes[-1] += int(answer != y[i])
        found.append([*w.tolist(), float(b)])
    return found, mistakes


@pytest.fixture
def widget(page, tmp_path):
    """A page, opened from file://, that holds nothing but the fallback and the two scripts."""
    scripts = "".join(
        f"<script defer src='{(WIDGETS / name).as_uri()}'></script>"
        for name in ("controls.js", "perceptron.js")
    )
    html = tmp_path / "widget.html"
    html.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>widget</title>"
        f'<div data-widget="perceptron">fallback</div>{scripts}',
        encoding="utf-8",
    )
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(html.as_uri())
    page.wait_for_selector(".pcw")
    yield page
    assert problems == []


def weights(page):
    return [float(page.get_attribute(".pcw", f"data-{name}")) for name in ("w1", "w2", "b")]


def mistakes(page):
    return json.loads(page.get_attribute(".pcw", "data-mistakes"))


@pytest.mark.parametrize("name", ["and", "or", "xor"])
@pytest.mark.parametrize("at_zero", ["0", "0.5", "1"])
def test_every_step_gives_the_weights_of_the_rule(widget, name, at_zero):
    widget.select_option("select[name=gate]", name)
    widget.select_option("select[name=zero]", at_zero)
    expected, counts = states(name, rows=24, at_zero=float(at_zero))
    got = []
    for _ in range(24):
        widget.click("button[data-action=step]")
        got.append(weights(widget))
    assert got == expected
    assert mistakes(widget) == counts


def test_an_epoch_runs_to_its_end_and_and_is_learned_in_six(widget):
    widget.click("button[data-action=step]")
    for _ in range(6):
        widget.click("button[data-action=epoch]")
    assert mistakes(widget) == [2, 3, 3, 2, 1, 0]
    assert weights(widget) == [1, 0.5, -1.5]
    assert "AND is learned" in widget.inner_text("[role=status]")


def test_the_keyboard_alone_chooses_a_gate_steps_and_resets(widget):
    widget.focus("select[name=gate]")
    widget.keyboard.press("ArrowDown")
    widget.keyboard.press("ArrowDown")
    assert widget.input_value("select[name=gate]") == "xor"
    widget.focus("button[data-action=step]")
    widget.keyboard.press("Enter")
    widget.keyboard.press("Space")
    assert weights(widget) == states("xor", rows=2)[0][-1]
    widget.keyboard.press("Tab")
    for _ in range(3):
        widget.keyboard.press("Enter")
    expected, counts = states("xor", rows=12)
    assert (weights(widget), mistakes(widget)) == (expected[-1], counts)
    widget.keyboard.press("Tab")
    widget.keyboard.press("Enter")
    assert (weights(widget), mistakes(widget)) == ([0, 0, 0], [])


def test_the_rate_scales_the_weights_and_begins_anew(widget):
    widget.click("button[data-action=step]")
    widget.focus("input[name=rate]")
    widget.keyboard.press("ArrowRight")
    assert weights(widget) == [0, 0, 0]
    assert widget.inner_text("output[data-value=rate]") == "1"
    for _ in range(6):
        widget.click("button[data-action=epoch]")
    assert weights(widget) == [2, 1, -3]
    assert mistakes(widget) == [2, 3, 3, 2, 1, 0]


def test_what_happened_is_readable_as_text_and_every_control_has_a_name(widget):
    widget.click("button[data-action=step]")
    said = widget.inner_text("[role=status]")
    assert "Epoch 0, row (0, 0), target 0: z = 0.00, answer 1. A mistake" in said
    assert "w = (0.00, 0.00), b = −0.50" in said
    widget.click("button[data-action=step]")
    assert "Right: nothing changes" in widget.inner_text("[role=status]")
    widget.click("button[data-action=epoch]")
    assert widget.inner_text(".pcw-counts").split() == ["epoch", "0", "mistakes", "2"]
    unnamed = widget.evaluate(
        "() => [...document.querySelectorAll('.pcw select, .pcw input, .pcw button, .pcw svg, "
        ".pcw [tabindex]')].filter(e => !(e.labels && e.labels.length) && "
        "!e.getAttribute('aria-label') && !e.textContent.trim()).length"
    )
    assert unnamed == 0
    assert widget.get_attribute(".pcw-counts", "aria-label") == "Mistakes in each epoch"
    label = widget.get_attribute(".pcw svg", "aria-label")
    assert "The four rows of AND in the plane" in label


def test_the_update_is_drawn_only_after_a_mistake(widget):
    arrows = "() => document.querySelectorAll('.pcw-plots div:nth-child(2) svg polygon').length"
    for _ in range(4):
        widget.click("button[data-action=step]")
    assert widget.evaluate(arrows) == 2  # the update, and the new weights
    for _ in range(3):
        widget.click("button[data-action=step]")
    assert "Right" in widget.inner_text("[role=status]")
    assert widget.evaluate(arrows) == 1
