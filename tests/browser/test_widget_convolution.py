"""The convolution widget computes labkit's maps and receptive fields, without mouse or server."""

import json
from pathlib import Path

import numpy as np
import pytest

from labkit.anatomy.table import Field, Window
from labkit.scratch.conv import Conv2D

pytestmark = pytest.mark.browser

WIDGETS = Path(__file__).parents[2] / "book/_static/widgets"
CASES = [(1, 0, 1, 1), (1, 1, 1, 3), (2, 1, 1, 2), (3, 2, 1, 2), (1, 2, 2, 2), (2, 0, 2, 1)]


def layers_of(w, *, stride, padding, dilation, layers):
    """The layers of labkit with this kernel."""
    place = {"stride": stride, "padding": padding, "dilation": dilation}
    found = [Conv2D(1, 1, 3, rng=np.random.default_rng(0), **place) for _ in range(layers)]
    for layer in found:
        layer.params["w"][:] = w
    return found


@pytest.fixture
def widget(page, tmp_path):
    """A page, opened from file://, that holds nothing but the fallback and the two scripts."""
    scripts = "".join(
        f"<script defer src='{(WIDGETS / name).as_uri()}'></script>"
        for name in ("controls.js", "convolution.js")
    )
    html = tmp_path / "widget.html"
    html.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>widget</title>"
        f'<div data-widget="convolution">fallback</div>{scripts}',
        encoding="utf-8",
    )
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(html.as_uri())
    page.wait_for_selector(".cvw")
    yield page
    assert problems == []


def call(page, name, *arguments):
    code = f"arguments => window.labWidgets.convolution.{name}(...arguments)"
    return page.evaluate(code, list(arguments))


def options(case, **more):
    stride, padding, dilation, layers = case
    place = {"stride": stride, "padding": padding, "dilation": dilation, "layers": layers}
    return {"picture": "house", "kernel": "vertical", **place, **more}


@pytest.mark.parametrize("case", CASES)
def test_every_map_is_that_of_labkit(widget, case):
    for kernel in ("vertical", "sharpen", "shift"):
        o = options(case, kernel=kernel)
        w = widget.evaluate("name => window.labWidgets.convolution.KERNELS[name].w", kernel)
        x, *maps = (np.array(rows) for rows in call(widget, "maps", o))
        assert x.shape == (12, 12)
        assert len(maps) == o["layers"]
        x = x[None, None]
        place = {name: o[name] for name in ("stride", "padding", "dilation", "layers")}
        for layer, expected in zip(layers_of(w, **place), maps, strict=True):
            x = layer.forward(x)
            np.testing.assert_allclose(x[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_the_framed_pixels_are_those_with_a_gradient(widget, case):
    o = options(case)
    place = {name: o[name] for name in ("stride", "padding", "dilation", "layers")}
    layers, shapes = layers_of(np.ones((3, 3)), **place), []
    x = np.ones((1, 1, 12, 12))
    for layer in layers:
        x = layer.forward(x)
        shapes.append(x.shape)
    row = x.shape[2] // 2
    gradient = np.zeros(shapes[-1])
    gradient[0, 0, row, row] = 1
    for layer in reversed(layers):
        gradient = layer.backward(gradient)
    reached = np.flatnonzero(gradient[0, 0].any(axis=1))
    low, high = call(widget, "seen", row, o, o["layers"])
    step = o["dilation"] if o["layers"] == 1 or o["stride"] == 1 else 1
    expected = [i for i in range(low, high + 1, step) if 0 <= i < 12]
    assert reached.tolist() == expected


@pytest.mark.parametrize("case", CASES)
def test_receptive_field_and_jump_follow_labkits_recursion(widget, case):
    o, field, expected = options(case), Field((1,), (1,)), []
    for _ in range(o["layers"]):
        field = field.after(Window((3,), (o["stride"],), (o["dilation"],)))
        expected.append({"r": field.size[0], "jump": field.jump[0]})
    assert call(widget, "fields", o, o["layers"]) == expected
    low, high = call(widget, "seen", 2, o, o["layers"])
    assert high - low + 1 == expected[-1]["r"]
    assert call(widget, "seen", 3, o, o["layers"])[0] - low == expected[-1]["jump"]


def test_the_sum_that_is_written_out_gives_the_value(widget):
    said = widget.inner_text("[role=status]")
    assert "Pixels a side: 12 → 10" in said
    terms = said.partition("The sum: ")[2].rstrip(".").replace("−", "-")
    total = sum(np.prod([float(f.strip("()")) for f in t.split("·")]) for t in terms.split(" + "))
    value = float(widget.get_attribute(".cvw", "data-value"))
    assert value == pytest.approx(total, abs=1e-9)
    assert value != 0


def test_the_keyboard_alone_chooses_a_kernel_a_stride_and_an_output(widget):
    widget.focus("select[name=kernel]")
    widget.keyboard.press("ArrowDown")
    assert widget.input_value("select[name=kernel]") == "horizontal"
    widget.focus("input[name=stride]")
    widget.keyboard.press("ArrowRight")
    assert widget.get_attribute(".cvw", "data-size") == "5"
    widget.focus("input[name=row]")
    widget.keyboard.press("Home")
    rows, _ = json.loads(widget.get_attribute(".cvw", "data-field"))
    assert rows == [0, 2]
    widget.focus("input[name=layers]")
    widget.keyboard.press("End")
    said = widget.inner_text("[role=status]")
    assert "12 → 5 → 2" in said
    assert "no room" in said


def test_a_click_on_the_map_chooses_the_output(widget):
    box = widget.locator("svg.cvw-output").bounding_box()
    place = {"x": 0.95 * box["width"], "y": 0.05 * box["height"]}
    widget.locator("svg.cvw-output").click(position=place)
    assert json.loads(widget.get_attribute(".cvw", "data-field")) == [[0, 2], [9, 11]]


def test_every_control_has_a_name_and_every_picture_a_text(widget):
    unnamed = widget.evaluate(
        "() => [...document.querySelectorAll('.cvw :is(select, input, button, svg)')]"
        ".filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')"
        " && !e.textContent.trim()).length"
    )
    assert unnamed == 0
    assert widget.get_attribute("svg.cvw-output", "aria-label") == "The map of layer 1, 10 by 10."
