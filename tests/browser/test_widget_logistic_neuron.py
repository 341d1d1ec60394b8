"""The logistic-neuron widget computes what labkit computes, and needs no mouse and no server."""

from pathlib import Path

import numpy as np
import pytest

from labkit.scratch.perceptron import trace

pytestmark = pytest.mark.browser

SCRIPT = Path(__file__).parents[2] / "book/_static/widgets/logistic_neuron.js"
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
Y = np.array([0, 0, 0, 1])
START = {"w": [10, 10], "b": 10}


def rows_of(epochs, *, w=(10.0, 10.0), b=10.0, learning_rate=1.0):
    return trace(np.array(w), b, X, Y, learning_rate=learning_rate, epochs=epochs)


@pytest.fixture
def widget(page, tmp_path):
    """A page, opened from file://, that holds nothing but the fallback and the script."""
    html = tmp_path / "widget.html"
    html.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>widget</title>"
        '<div data-widget="logistic_neuron">fallback</div>'
        f"<script defer src='{SCRIPT.as_uri()}'></script>",
        encoding="utf-8",
    )
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(html.as_uri())
    page.wait_for_selector(".lnw")
    yield page
    assert problems == []


def cost(page):
    return float(page.get_attribute(".lnw", "data-cost"))


def test_eight_steps_from_ten_give_the_costs_of_labkit(widget):
    got = [cost(widget)]
    for _ in range(8):
        widget.click("button[data-action=step]")
        got.append(cost(widget))
    np.testing.assert_allclose(got, [row["cost"] for row in rows_of(8)], rtol=0, atol=1e-9)


def test_seventy_steps_stay_with_labkit(widget):
    for _ in range(7):
        widget.click("button[data-action=ten]")
    assert widget.get_attribute(".lnw", "data-epoch") == "70"
    assert abs(cost(widget) - rows_of(70)[-1]["cost"]) < 1e-9


@pytest.mark.parametrize(("w", "b"), [((10.0, 10.0), 10.0), ((-3.0, 0.5), 2.0), ((40.0, 1.0), 0.0)])
def test_every_column_is_the_derivative_that_the_chapter_derives(widget, w, b):
    got = widget.evaluate(
        "params => window.labWidgets.logisticNeuron.forward(params)", {"w": list(w), "b": b}
    )
    z = X @ np.array(w) + b
    p, q = np.exp(-np.logaddexp(0, -z)), np.exp(-np.logaddexp(0, z))
    expected = {
        "z": z,
        "p": p,
        "yLogP": -Y * np.logaddexp(0, -z),
        "oneMinusYLogOneMinusP": -(1 - Y) * np.logaddexp(0, z),
        "dCdp": np.where(Y == 1, -1 / p, 1 / q) / 4,
        "dpdz": p * q,
        "dCdz": np.where(Y == 1, -q, p) / 4,
    }
    for name, column in expected.items():
        np.testing.assert_allclose([row[name] for row in got["rows"]], column, rtol=1e-12)
    np.testing.assert_allclose(got["dw"], expected["dCdz"] @ X, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(got["db"], expected["dCdz"].sum(), rtol=1e-9)


def test_dcdp_keeps_the_digits_that_one_minus_p_loses(widget):
    value = widget.evaluate(
        "params => window.labWidgets.logisticNeuron.forward(params).rows[1].dCdp", START
    )
    assert f"{value:.3f}" == "121291299.102"


def test_the_keyboard_alone_steps_resets_and_moves_a_slider(widget):
    widget.focus("button[data-action=step]")
    widget.keyboard.press("Enter")
    widget.keyboard.press("Space")
    assert abs(cost(widget) - rows_of(2)[2]["cost"]) < 1e-9
    widget.keyboard.press("Tab")
    widget.keyboard.press("Tab")
    widget.keyboard.press("Enter")
    assert widget.get_attribute(".lnw", "data-epoch") == "0"
    widget.focus("input[name=w1]")
    for _ in range(3):
        widget.keyboard.press("ArrowLeft")
    expected = rows_of(0, w=(9.97, 10.0))[0]["cost"]
    assert abs(cost(widget) - expected) < 1e-9
    assert widget.inner_text("output[data-value=w1]") == "9.9700"


def test_every_value_is_readable_as_text_and_every_control_has_a_name(widget):
    widget.click("button[data-action=step]")
    assert "Epoch 1: cost C = 11.81253" in widget.inner_text("[role=status]")
    body = widget.inner_text(".lnw-sheet")
    names = ["z", "y log p", "∂C/∂p", "dp/dz", "∂C/∂z", "∂C/∂w₁", "∂C/∂b", "w₂′", "11.8125"]
    assert [name for name in names if name not in body] == []
    unnamed = widget.evaluate(
        "() => [...document.querySelectorAll('.lnw input, .lnw button, .lnw svg, .lnw [tabindex]')]"
        ".filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')"
        " && !e.textContent.trim()).length"
    )
    assert unnamed == 0
    assert "Point (1, 1) with target 1" in widget.get_attribute(".lnw svg", "aria-label")


def test_the_rate_slider_scales_the_step(widget):
    widget.focus("input[name=rate]")
    widget.keyboard.press("ArrowRight")
    widget.click("button[data-action=step]")
    assert abs(cost(widget) - rows_of(1, learning_rate=1.05)[1]["cost"]) < 1e-9
