"""The playground widget trains as NumPy does, repeats itself, and needs no mouse and no server."""

import json
from pathlib import Path

import numpy as np
import pytest

from labkit.data.playground import playground as labkit_set
from labkit.metrics import wilson_interval

pytestmark = pytest.mark.browser

WIDGETS = Path(__file__).parents[2] / "book/_static/widgets"
API = "window.labWidgets.playground"


def write_page(folder):
    """A page that holds nothing but the fallback and the two scripts; return its address."""
    html = folder / "widget.html"
    scripts = [(WIDGETS / name).as_uri() for name in ("controls.js", "playground.js")]
    html.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>widget</title>"
        '<meta name=viewport content="width=device-width">'
        '<body style="margin:0"><div data-widget="playground">fallback</div>'
        + "".join(f"<script defer src='{script}'></script>" for script in scripts),
        encoding="utf-8",
    )
    return html.as_uri()


def opened(page, folder):
    """Open the widget from file://; return the list that collects what goes wrong."""
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(write_page(folder))
    page.wait_for_selector(".pg")
    return problems


@pytest.fixture
def widget(page, tmp_path):
    problems = opened(page, tmp_path)
    yield page
    assert problems == []


def data(page, name):
    return page.get_attribute(".pg", f"data-{name}")


def wait(page, state="paused"):
    page.wait_for_function(f"() => document.querySelector('.pg').dataset.state === '{state}'")


def choose(page, **settings):
    for name, value in settings.items():
        control = page.locator(f".pg [name={name}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(str(value))
            control.dispatch_event("change")


def curve(page):
    return page.get_attribute("polyline[data-line=test]", "points")


# --- the same network in NumPy: w (d, k) and b (k,) a layer ---------------------------------------

ACTIVATIONS = {
    "relu": (lambda u: np.maximum(0, u), lambda a: (a > 0) * 1.0),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "sigmoid": (lambda u: 1 / (1 + np.exp(-u)), lambda a: a * (1 - a)),
    "linear": (lambda u: u, np.ones_like),
}


def arrays(net):
    layers = [(np.array(p["w"]).reshape(p["d"], p["k"]), np.array(p["b"])) for p in net["layers"]]
    return layers, ACTIVATIONS[net["activation"]]


def outputs(layers, g, x):
    a = [x]
    for w, b in layers[:-1]:
        a.append(g(a[-1] @ w + b))
    w, b = layers[-1]
    return [*a, np.tanh(a[-1] @ w + b)]


def mean_loss(layers, g, x, y):
    return np.mean(0.5 * (outputs(layers, g, x)[-1][:, 0] - y) ** 2)


def train_batch(layers, g, slope, x, y, *, rate, l1=0.0, l2=0.0):
    a = outputs(layers, g, x)
    delta = (a[-1] - y[:, None]) * (1 - a[-1] ** 2) / len(y)  # (n, 1)
    grads = []
    for (w, _), below in zip(reversed(layers), reversed(a[:-1]), strict=True):
        grads.insert(0, (below.T @ delta, delta.sum(axis=0)))
        delta = delta @ w.T * slope(below)
    for (w, b), (dw, db) in zip(layers, grads, strict=True):
        w -= rate * (dw + (l1 * np.sign(w) + l2 * w) / len(y))
        b -= rate * db


NETS = [
    ([3], "relu", {}),
    ([], "linear", {}),
    ([3, 3, 2], "relu", {"l2": 0.1}),
    ([4], "tanh", {"l1": 0.03}),
    ([2, 5], "sigmoid", {"l1": 0.3}),
    ([8, 8, 8], "linear", {"l2": 0.01}),
]


@pytest.mark.parametrize(("widths", "activation", "penalty"), NETS)
def test_the_first_ten_losses_are_those_of_numpy(widget, widths, activation, penalty):
    got = widget.evaluate(
        f"""([widths, activation, reg]) => {{
            const api = {API}, rows = api.generate("xor", 250, 0.25, api.random(4, 0));
            const net = api.init(widths, api.random(4, 1), activation);
            const start = JSON.parse(JSON.stringify(net)), losses = [];
            const cut = api.batches(rows);
            for (let e = 0; e < 10; e += 1) {{
                api.trainEpoch(net, cut, 0.1, reg);
                losses.push(api.loss(net, rows));
            }}
            return {{ rows, start, losses, first: api.loss(start, rows),
                out: rows.x.map(x => api.forward(start, x)) }};
        }}""",
        [widths, activation, penalty],
    )
    layers, (g, slope) = arrays(got["start"])
    x, y = np.array(got["rows"]["x"]), np.array(got["rows"]["y"])
    np.testing.assert_allclose(got["out"], outputs(layers, g, x)[-1][:, 0], rtol=0, atol=1e-12)
    assert abs(got["first"] - mean_loss(layers, g, x, y)) < 1e-12
    expected = []
    for _ in range(10):
        for first in range(0, 250, 10):
            rows = slice(first, first + 10)
            train_batch(layers, g, slope, x[rows], y[rows], rate=0.1, **penalty)
        expected.append(mean_loss(layers, g, x, y))
    np.testing.assert_allclose(got["losses"], expected, rtol=0, atol=1e-9)
    assert abs(expected[-1] - got["first"]) > 1e-3  # it moved, so there was something to compare


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_agree_with_central_differences(widget, activation):
    worst = widget.evaluate(
        f"""activation => {{
            const api = {API}, rows = api.generate("circle", 20, 0, api.random(1, 0));
            const net = api.init([3, 2], api.random(1, 1), activation), h = 1e-5;
            const grads = api.gradients(net, rows).map(
                grad => ({{ w: Array.from(grad.w), b: Array.from(grad.b) }}));
            let worst = 0;
            net.layers.forEach((layer, l) => ["w", "b"].forEach(part => layer[part].forEach(
                (value, i) => {{
                    layer[part][i] = value + h;
                    const up = api.loss(net, rows);
                    layer[part][i] = value - h;
                    const slope = (up - api.loss(net, rows)) / (2 * h);
                    layer[part][i] = value;
                    worst = Math.max(worst, Math.abs(slope - grads[l][part][i]));
                }})));
            return worst;
        }}""",
        activation,
    )
    assert worst < 1e-9


# --- the rows -----------------------------------------------------------------------------------


def rows_of(page, name, *, n=4000, noise=0.0, seed=1):
    rows = page.evaluate(
        f"([name, n, noise, seed]) => {API}.generate(name, n, noise, {API}.random(seed, 0))",
        [name, n, noise, seed],
    )
    return np.array(rows["x"]), np.array(rows["y"])


def test_the_spiral_is_labkits_point_by_point(widget):
    x, y = rows_of(widget, "spiral", n=500)
    other = labkit_set("spiral", n=500, rng=np.random.default_rng(0))
    ours, theirs = (
        sorted(np.column_stack([label, rows.round(9) + 0.0]).tolist())
        for rows, label in ((x, y), other)
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-8)


@pytest.mark.parametrize("noise", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("name", ["circle", "xor", "gauss", "spiral"])
def test_noise_enters_each_set_as_in_labkit(widget, name, noise):
    x, y = rows_of(widget, name, noise=noise)
    other_x, other_y = labkit_set(name, n=4000, noise=noise, rng=np.random.default_rng(0))
    assert set(y) == {-1.0, 1.0}
    assert abs(np.mean(y) - np.mean(other_y)) < 0.08
    for part, other in ((x, other_x), (x[y > 0], other_x[other_y > 0])):
        np.testing.assert_allclose(np.std(part, axis=0), np.std(other, axis=0), rtol=0.06)
    if name == "xor":  # flipped labels: 0 at first, then more and more
        flips, others = np.mean(x.prod(axis=1) * y < 0), np.mean(other_x.prod(axis=1) * other_y < 0)
        assert abs(flips - others) < 0.03
        assert (flips > 0) == (noise > 0)


def test_a_seed_draws_the_same_rows_and_another_seed_others(widget):
    same = [rows_of(widget, "gauss", n=20, seed=7)[0] for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert not np.array_equal(same[0], rows_of(widget, "gauss", n=20, seed=8)[0])


# --- the page -----------------------------------------------------------------------------------


def test_the_buttons_train_xor_to_a_test_loss_below_a_fifth(widget):
    assert 0.45 < float(data(widget, "test")) < 0.8
    widget.click("[data-action=start]")
    wait(widget, "run")
    wait(widget)
    assert data(widget, "epoch") == "500"
    assert float(data(widget, "test")) < 0.2
    assert "Trained to epoch 500: test loss 0.1" in widget.inner_text(".pg-status")
    by_api = widget.evaluate(
        f"""() => {{
            const run = {API}.newRun({API}.START, 1);
            for (let e = 0; e < 500; e += 1) {{
                {API}.trainEpoch(run.net, run.batches, run.rate, run.reg);
            }}
            return {API}.loss(run.net, run.test);
        }}"""
    )
    assert by_api == float(data(widget, "test"))


def test_the_keyboard_alone_starts_pauses_steps_and_resets(widget):
    widget.keyboard.press("Tab")
    widget.keyboard.press("Space")
    assert data(widget, "state") == "run"
    assert widget.inner_text("[data-action=start]") == "Pause"
    widget.wait_for_function("() => document.querySelector('.pg').dataset.epoch > 0")
    widget.keyboard.press("Space")
    assert data(widget, "state") == "paused"
    epoch = int(data(widget, "epoch"))
    assert 0 < epoch < 500
    widget.keyboard.press("Tab")
    widget.keyboard.press("Space")
    assert int(data(widget, "epoch")) == epoch + 1
    assert f"Paused at epoch {epoch + 1}:" in widget.inner_text(".pg-status")
    widget.keyboard.press("Tab")
    widget.keyboard.press("Enter")
    assert data(widget, "epoch") == "0"
    widget.keyboard.press("Tab")
    widget.keyboard.press("ArrowUp")
    assert widget.input_value("[name=seed]") == "2"
    before = data(widget, "test")
    widget.keyboard.press("Tab")
    widget.keyboard.press("Tab")
    widget.keyboard.press("ArrowRight")
    assert widget.inner_text("output[data-value=noise]") == "30 %"
    assert data(widget, "test") != before


def test_the_same_seed_draws_the_same_curve_and_another_one_does_not(widget):
    choose(widget, epochs=0)  # the shortest
    curves = []
    for seed in (3, 3, 4):
        choose(widget, seed=seed)
        widget.click("[data-action=reset]")
        widget.click("[data-action=start]")
        wait(widget)
        curves.append((curve(widget), data(widget, "test")))
    assert curves[0] == curves[1]
    assert curves[0] != curves[2]


def test_pausing_changes_nothing_in_what_is_learned(widget):
    choose(widget, epochs=0)
    for _ in range(100):
        widget.click("[data-action=step]")
    stepped = data(widget, "test")
    widget.click("[data-action=reset]")
    widget.click("[data-action=start]")
    wait(widget)
    assert (data(widget, "epoch"), data(widget, "test")) == ("100", stepped)


@pytest.mark.parametrize(
    "change",
    [
        {"noise": 0},
        {"strength": 7},
        {"penalty": "l1", "strength": 7},
        {"rate": 4},
        {"activation": "sigmoid"},
        {"layers": 3},
        {"units1": 8},
        {"set": "circle"},
    ],
    ids=str,
)
def test_every_control_has_an_effect(widget, change):
    ends = []
    choose(widget, epochs=0)
    for settings in ({}, change):
        choose(widget, **settings)
        assert data(widget, "epoch") == "0"
        widget.click("[data-action=start]")
        wait(widget)
        ends.append(float(data(widget, "test")))
    assert abs(ends[0] - ends[1]) > 1e-3


def test_a_strong_penalty_keeps_the_outputs_small_and_the_loss_near_one_half(widget):
    choose(widget, epochs=0, strength=7, penalty="l1")
    widget.click("[data-action=start]")
    wait(widget)
    assert 0.4 < float(data(widget, "test")) < 0.55


def test_twenty_seeds_give_twenty_dots_a_share_and_its_interval(widget):
    choose(widget, epochs=0)
    widget.evaluate("() => { window.frames_seen = 0; (function tick() { window.frames_seen += 1;"
                    " requestAnimationFrame(tick); })(); }")  # fmt: skip
    widget.click("[data-action=many]")
    wait(widget)
    assert widget.evaluate("() => window.frames_seen") >= 20  # the page was never blocked
    losses = json.loads(widget.get_attribute(".pg-many li", "data-losses"))
    hits = sum(value <= 0.177 for value in losses)
    assert len(losses) == widget.locator(".pg-many li circle").count() == 20
    assert widget.locator(".pg-many li circle:not([fill=none])").count() == hits
    assert 3 <= hits <= 17  # both outcomes, so one run doesn't answer the question
    low, high = wilson_interval(hits, 20)
    expected = f"{hits} of 20 runs reach 0.177 (95 % interval of the share {low:.2f} to {high:.2f})"
    assert expected in widget.inner_text(".pg-many li")
    assert expected in widget.text_content(".pg-many [role=status]")

    best = int(np.argmin(losses))
    widget.locator("select[name=look]").select_option(index=1)
    widget.wait_for_function("() => document.querySelector('.pg').dataset.epoch === '100'")
    assert widget.input_value("[name=seed]") == str(1 + best)
    assert float(data(widget, "test")) == losses[best]

    choose(widget, target=0.05)
    assert "0 of 20 runs reach 0.05" in widget.inner_text(".pg-many li")


def test_twenty_seeds_can_be_stopped_and_rows_of_results_pile_up_to_four(widget):
    choose(widget, epochs=4)  # the most
    for units in range(1, 6):
        choose(widget, units1=units)
        widget.click("[data-action=many]")
        widget.wait_for_selector(f"li:has(b:text-is('{units} ReLU')) circle")
        widget.click("[data-action=many]")
        assert data(widget, "state") == "paused"
        assert 0 < len(json.loads(widget.get_attribute(".pg-many li", "data-losses"))) < 20
    names = widget.locator(".pg-many li b").all_inner_texts()
    assert names == ["5 ReLU", "4 ReLU", "3 ReLU", "2 ReLU"]


def test_the_page_announces_events_and_not_every_frame(widget):
    widget.evaluate(
        "() => { window.said = []; new MutationObserver(() => window.said.push("
        "document.querySelector('.pg-status').textContent)).observe("
        "document.querySelector('.pg-status'), {childList: true}); }"
    )
    choose(widget, epochs=0)
    widget.click("[data-action=start]")
    wait(widget)
    said = widget.evaluate("() => window.said")
    assert len(said) <= 4
    assert said[-2] == "Training to epoch 100."
    assert said[-1].startswith("Trained to epoch 100: test loss")


def test_less_motion_means_one_picture_at_the_end(browser, tmp_path):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    problems = opened(page, tmp_path)
    page.evaluate(
        "() => { window.epochs = []; const pg = document.querySelector('.pg'); new"
        " MutationObserver(() => window.epochs.push(pg.dataset.epoch)).observe(pg,"
        " {attributes: true, attributeFilter: ['data-epoch']}); }"
    )
    page.click("[data-action=start]")
    wait(page)
    assert set(page.evaluate("() => window.epochs")) == {"0", "500"}
    assert problems == []
    context.close()


def test_every_control_and_picture_has_a_name_and_every_value_a_text(widget):
    choose(widget, epochs=0, layers=3)
    widget.click("[data-action=many]")
    wait(widget)
    unnamed = widget.evaluate(
        "() => [...document.querySelectorAll('.pg input, .pg select, .pg button, .pg svg,"
        " .pg canvas')].filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label')"
        " && !e.textContent.trim()).map(e => e.outerHTML)"
    )
    assert unnamed == []
    silent = widget.evaluate(
        "() => [...document.querySelectorAll('.pg input[type=range]')].filter(e =>"
        " e.getAttribute('aria-valuetext') !== e.closest('label').querySelector('output')"
        ".textContent).length"
    )
    assert silent == 0
    assert "of 250 rows lie on the right side" in widget.get_attribute("canvas", "aria-label")
    assert "Loss by epoch. Training from" in widget.get_attribute(".pg-pictures svg", "aria-label")
    assert widget.inner_text("dd[data-value=test]") == f"{float(data(widget, 'test')):.3f}"


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_needs_no_sideways_scroll_and_shows_a_picture(browser, tmp_path, dark):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    problems = opened(page, tmp_path)
    choose(page, epochs=0, layers=3)
    page.click("[data-action=many]")
    wait(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    box = page.locator("canvas").bounding_box()
    assert box["width"] > 280
    assert box["x"] + box["width"] <= 390
    shades = page.evaluate(
        "() => { const c = document.querySelector('canvas'); return new Set(c.getContext('2d')"
        ".getImageData(40, 10, c.width - 60, c.height - 60).data).size; }"
    )
    assert shades > 20
    assert problems == []
    context.close()


def test_the_picture_changes_with_the_theme(widget):
    def picture():
        return widget.evaluate("() => document.querySelector('canvas').toDataURL()")

    light = picture()
    widget.evaluate("() => { document.documentElement.dataset.theme = 'dark'; }")
    widget.wait_for_timeout(50)
    assert picture() != light


def test_overflowing_weights_are_told_and_not_drawn(widget):
    choose(widget, epochs=0)
    widget.evaluate("() => { Math.tanh = () => NaN; }")
    widget.click("[data-action=step]")
    assert "overflowed" in widget.inner_text(".pg-status")
    assert np.isfinite(float(data(widget, "test")))
