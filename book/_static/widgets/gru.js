/* A GRU of one unit, unrolled: its gates, its state over the steps, and what the gradient keeps.
 *
 * A classic script: no modules, no network, so it works from file:// too. It takes the place of
 * the fallback inside every element with data-widget="gru". Nothing moves by itself. The gates see
 * the input and not the state, z = sigma(bz + wz x) and r = sigma(br + wr x), so that a slider sets
 * each of them; the rest is labkit's (and PyTorch's) GRU.
 */
(function () {
  "use strict";

  var c = window.labWidgets.controls;
  var STEPS = 24, AT = 2; // steps, and the one where the impulse stands

  /* Small values between -0.5 and 0.5, always the same. */
  var NOISE = [0.31, -0.42, 0.12, 0.48, -0.27, 0.05, -0.5, 0.38, 0.22, -0.13, 0.44, -0.35, 0.17,
    -0.48, 0.29, 0.5, -0.08, -0.31, 0.41, -0.22, 0.35, -0.45, 0.09, 0.26];
  var START = { input: "impulse", bz: 2, wz: 0, br: 0, wr: 0, wn: 2, un: 0 };
  var SETTINGS = {
    leaky: { name: "a leaky average", o: { bz: 2, wz: 0, br: 0, wr: 0, wn: 2, un: 0 } },
    forget: { name: "gate half open", o: { bz: 0, wz: 0, br: 0, wr: 0, wn: 2, un: 0 } },
    keep: { name: "always keep", o: { bz: 8, wz: 0, br: 0, wr: 0, wn: 2, un: 0 } },
    gated: { name: "take in a 1, ignore the rest", o: { bz: 9, wz: -12, br: 0, wr: 0, wn: 2, un: 0 } },
    simple: { name: "a simple RNN (z shut, r open)", o: { bz: -8, wz: 0, br: 8, wr: 0, wn: 2, un: 1 } }
  };

  function sigma(v) { return 1 / (1 + Math.exp(-v)); }

  function inputs(name) {
    var x = [];
    for (var t = 0; t < STEPS; t += 1) {
      var rest = name === "noise" && t > AT ? NOISE[t] : 0;
      x.push(t === AT || (name === "two" && t === 13) ? 1 : rest);
    }
    return x;
  }

  /* All steps: x, z, r, n, h, and slope = dh_t / dh_(t-1); gradient[t] = dh_last / dh_t. */
  function run(o) {
    var x = inputs(o.input), out = { x: x, z: [], r: [], n: [], h: [], slope: [], gradient: [] };
    var h = 0;
    x.forEach(function (value) {
      var z = sigma(o.bz + o.wz * value), r = sigma(o.br + o.wr * value);
      var n = Math.tanh(o.wn * value + r * o.un * h);
      h = (1 - z) * n + z * h;
      out.z.push(z);
      out.r.push(r);
      out.n.push(n);
      out.h.push(h);
      out.slope.push(z + (1 - z) * (1 - n * n) * r * o.un); // the direct way, and through n
    });
    var product = 1;
    for (var t = STEPS - 1; t >= 0; t -= 1) {
      out.gradient[t] = product;
      product *= out.slope[t];
    }
    return out;
  }

  /* ---------------------------------------------------------------- the page */

  var STYLE =
    ".grw .grw-controls{display:grid;gap:.2rem 1.4rem;" +
    "grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}" +
    ".grw [role=status]{min-height:6em;margin:.6rem 0}" +
    "@media(max-width:600px){.grw [role=status]{min-height:9em}}" +
    ".grw .grw-note{font-size:.8rem;color:var(--lw-quiet)}";

  var LEFT = 34, WIDTH = 420, CELL = (WIDTH - LEFT) / STEPS;
  var ROWS = { x: [8, 56], z: [74, 92], r: [98, 116], h: [132, 232] };
  var HEIGHT = 254;

  function bars(svg, values, row, colour) {
    var middle = (row[0] + row[1]) / 2, half = (row[1] - row[0]) / 2;
    svg.append(c.shape("line", { x1: LEFT, x2: WIDTH, y1: middle, y2: middle,
      stroke: "var(--lw-edge)" }));
    values.forEach(function (value, t) {
      var size = Math.abs(value) * half;
      svg.append(c.shape("rect", { x: LEFT + t * CELL + 2, width: CELL - 4, height: size,
        y: value > 0 ? middle - size : middle, fill: colour }));
    });
  }

  function shades(svg, values, row) {
    values.forEach(function (value, t) {
      svg.append(c.shape("rect", { x: LEFT + t * CELL, y: row[0], width: CELL,
        height: row[1] - row[0], fill: "var(--lw-accent)", "fill-opacity": value,
        stroke: "var(--lw-edge)", "stroke-width": 0.6 }));
    });
  }

  function draw(svg, o) {
    var all = run(o);
    svg.replaceChildren();
    ["x", "z", "r", "h"].forEach(function (name) {
      var row = ROWS[name];
      svg.append(c.shape("text", { x: LEFT - 10, y: (row[0] + row[1]) / 2 + 5,
        "text-anchor": "end" }, name));
    });
    bars(svg, all.x, ROWS.x, "var(--lw-minus)");
    shades(svg, all.z, ROWS.z);
    shades(svg, all.r, ROWS.r);
    bars(svg, all.h, ROWS.h, "var(--lw-plus)");
    [0, 5, 10, 15, 20].forEach(function (t) {
      svg.append(c.shape("text", { x: LEFT + (t + 0.5) * CELL, y: HEIGHT - 6, "class": "lw-quiet",
        "text-anchor": "middle" }, String(t)));
    });
    return all;
  }

  /* What the state did, in words. */
  function story(all) {
    var after = all.h[AT], last = all.h[STEPS - 1], t = AT;
    while (t < STEPS && Math.abs(all.h[t]) > Math.abs(after) / 2) { t += 1; }
    var half = Math.abs(after) < 1e-12 ? "" : t < STEPS
      ? " Half of that, or less, is left after " + (t - AT) + (t - AT === 1 ? " step." : " steps.")
      : " At the end more than half of that is left.";
    return "At step " + AT + " the input is 1: z is " + c.number(all.z[AT], 3) + ", r is " +
      c.number(all.r[AT], 3) + ", and h becomes " + c.number(after, 3) + "." + half +
      " After the last step h is " + c.number(last, 3) +
      ". A small change of h at step " + AT + " changes the last h by " +
      c.number(all.gradient[AT], 4) + " times that.";
  }

  function mount(host) {
    var o = Object.assign({}, START);
    if (!document.getElementById("grw-style")) {
      document.head.append(c.element("style", { id: "grw-style" }, STYLE));
    }
    function slider(name, label, low, high, step) {
      return c.slider({ name: name, label: label, min: low, max: high, step: step, value: o[name],
        text: function (value) { return c.number(value, 1); },
        onInput: function (value) {
          o[name] = value;
          show();
        } });
    }
    var parts = {
      input: c.choice({ name: "input", label: "input", value: o.input,
        options: [["impulse", "one impulse"], ["noise", "an impulse, then noise"],
          ["two", "two impulses"]],
        onInput: function (value) {
          o.input = value;
          show();
        } }),
      setting: c.choice({ name: "setting", label: "setting", value: "leaky",
        options: Object.keys(SETTINGS).map(function (key) { return [key, SETTINGS[key].name]; }),
        onInput: function (value) {
          Object.assign(o, SETTINGS[value].o);
          Object.keys(SETTINGS[value].o).forEach(function (key) { parts[key].set(o[key]); });
          show();
        } }),
      bz: slider("bz", "z: bias", -8, 12, 0.5),
      wz: slider("wz", "z: weight of x", -16, 16, 0.5),
      br: slider("br", "r: bias", -8, 8, 0.5),
      wr: slider("wr", "r: weight of x", -16, 16, 0.5),
      wn: slider("wn", "n: weight of x", -3, 3, 0.1),
      un: slider("un", "n: weight of h", -3, 3, 0.1)
    };
    var status = c.element("p", { role: "status", "aria-live": "polite" });
    var svg = c.shape("svg", { role: "img", viewBox: [0, 0, WIDTH, HEIGHT].join(" ") });
    var controls = c.element("div", { "class": "grw-controls" });
    Object.keys(parts).forEach(function (key) { controls.append(parts[key].node); });
    var root = c.element("div", { "class": "lw grw", role: "group",
      "aria-label": "A GRU of one unit, unrolled over " + STEPS + " steps" }, controls, status, svg,
    c.element("p", { "class": "grw-note" }, "From above: the input x, the gates z and r (empty is " +
      "shut, full is open), the state h. The axes of x and h run from \u22121 to 1; below, the steps."));

    function show() {
      var all = draw(svg, o);
      status.textContent = story(all);
      svg.setAttribute("aria-label", "Bars of the input, shades of the gates and bars of the state " +
        "over " + STEPS + " steps; the state ends at " + c.number(all.h[STEPS - 1], 3) + ".");
      root.dataset.h = JSON.stringify(all.h);
      root.dataset.z = JSON.stringify(all.z);
    }

    show();
    host.replaceChildren(root);
    return root;
  }

  window.labWidgets.gru = { START: START, SETTINGS: SETTINGS, STEPS: STEPS, inputs: inputs, run: run,
    mount: mount };
  c.mountAll("gru", mount);
})();
