"""The GRU widget computes labkit's gates, states and gradients, without mouse or server."""

import json
from pathlib import Path

import numpy as np
import pytest

from labkit.scratch.rnn import GRU

pytestmark = pytest.mark.browser

WIDGETS = Path(__file__).parents[2] / "book/_static/widgets"
CASES = [
    {"bz": 2.0, "wz": 0.0, "br": 0.0, "wr": 0.0, "wn": 2.0, "un": 1.0},
    {"bz": -8.0, "wz": 3.5, "br": 8.0, "wr": -16.0, "wn": -3.0, "un": 3.0},
    {"bz": 9.0, "wz": -12.0, "br": -1.5, "wr": 2.5, "wn": 0.7, "un": -2.2},
    {"bz": 12.0, "wz": 16.0, "br": -8.0, "wr": 0.5, "wn": 0.0, "un": -3.0},
]


def labkit_gru(o):
    """labkit's GRU of one unit with these weights: the gates do not see the state."""
    layer = GRU(1, 1, rng=np.random.default_rng(0))
    layer.params["w_ih"][:, 0] = o["wr"], o["wz"], o["wn"]
    layer.params["w_hh"][:, 0] = 0, 0, o["un"]
    layer.params["b_ih"][:] = o["br"], o["bz"], 0
    layer.params["b_hh"][:] = 0
    return layer


@pytest.fixture
def widget(page, tmp_path):
    """A page, opened from file://, that holds nothing but the fallback and the two scripts."""
    scripts = "".join(
        f"<script defer src='{(WIDGETS / name).as_uri()}'></script>"
        for name in ("controls.js", "gru.js")
    )
    html = tmp_path / "widget.html"
    html.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>widget</title>"
        f'<div data-widget="gru">fallback</div>{scripts}',
        encoding="utf-8",
    )
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(html.as_uri())
    page.wait_for_selector(".grw")
    yield page
    assert problems == []


def run(page, o):
    return page.evaluate("o => window.labWidgets.gru.run(o)", o)


def state(page):
    return json.loads(page.get_attribute(".grw", "data-h"))


@pytest.mark.parametrize("kind", ["impulse", "noise", "two"])
@pytest.mark.parametrize("o", CASES)
def test_gates_and_states_are_labkits(widget, o, kind):
    found = run(widget, o | {"input": kind})
    layer, x = labkit_gru(o), np.array(found["x"])
    assert x.shape == (24,)
    assert x[2] == 1
    assert x.any() != (x == 0).all()
    y, _ = layer.forward(x[:, None, None])
    np.testing.assert_allclose(found["h"], y[:, 0, 0], rtol=0, atol=1e-9)
    for name, gate in layer.gates.items():
        np.testing.assert_allclose(found[name], gate[:, 0, 0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("o", CASES)
def test_the_gradient_of_the_last_state_is_labkits_at_every_step(widget, o):
    found = run(widget, o | {"input": "noise"})
    layer, x = labkit_gru(o), np.array(found["x"])[:, None, None]
    for t in range(24):
        expected = 1.0
        if t < 23:  # start after step t, and go back to there
            layer.forward(x[t + 1 :], np.array([[found["h"][t]]]))
            expected = layer.backward(np.zeros((23 - t, 1, 1)), np.ones((1, 1)))[1][0, 0]
        assert found["gradient"][t] == pytest.approx(expected, abs=1e-9)


def test_a_gate_that_depends_on_the_input_holds_what_noise_would_wash_out(widget):
    widget.select_option("select[name=input]", "noise")
    leaky = state(widget)
    widget.select_option("select[name=setting]", "gated")
    gated = state(widget)
    assert abs(gated[-1] - gated[2]) < 0.3
    assert gated[2] > 0.9 * np.tanh(2)
    assert abs(leaky[-1]) < 0.3


def test_the_keyboard_alone_sets_a_gate_and_an_input(widget):
    before = state(widget)
    widget.focus("input[name=bz]")
    widget.keyboard.press("End")
    z = json.loads(widget.get_attribute(".grw", "data-z"))
    assert z[0] == pytest.approx(1 / (1 + np.exp(-12)))
    assert state(widget) != before
    widget.focus("select[name=input]")
    widget.keyboard.press("ArrowDown")
    assert widget.input_value("select[name=input]") == "noise"


def test_a_setting_moves_its_sliders_and_the_text_tells_the_story(widget):
    widget.select_option("select[name=setting]", "forget")
    assert widget.input_value("input[name=bz]") == "0"
    said = widget.inner_text("[role=status]")
    assert "z is 0.500" in said
    assert f"h becomes {np.tanh(2) / 2:.3f}" in said
    assert "Half of that, or less, is left after 1 step." in said


def test_every_control_has_a_name_and_the_picture_a_text(widget):
    unnamed = widget.evaluate(
        "() => [...document.querySelectorAll('.grw :is(select, input, button, svg)')]"
        ".filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')"
        " && !e.textContent.trim()).length"
    )
    assert unnamed == 0
    assert "ends at" in widget.get_attribute(".grw svg", "aria-label")
