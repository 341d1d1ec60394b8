/* The perceptron's line, one update at a time.
 *
 * A classic script: no modules, no network, so it works from file:// too. It takes the place of
 * the fallback inside every element with data-widget="perceptron". Nothing moves by itself. The
 * letters are those of the chapter: z, the answer, w and b; the rows come in the order of X.
 */
(function () {
  "use strict";

  var c = window.labWidgets.controls;
  var X = [[0, 0], [0, 1], [1, 0], [1, 1]];
  var GATES = { and: [0, 0, 0, 1], or: [0, 1, 1, 1], xor: [0, 1, 1, 0] };

  function start() {
    return { w: [0, 0], b: 0, epoch: 0, next: 0, mistakes: [0], last: null };
  }

  function answerOf(z, atZero) {
    return z > 0 ? 1 : z < 0 ? 0 : atZero;
  }

  /* Look at one row, and correct the weights if the answer is wrong. Returns a new state. */
  function step(state, options) {
    var i = state.next;
    var x = X[i], y = GATES[options.gate][i];
    var z = x[0] * state.w[0] + x[1] * state.w[1] + state.b;
    var answer = answerOf(z, options.atZero);
    var change = options.rate * (y - answer);
    var mistakes = state.mistakes.slice();
    mistakes[state.epoch] += change === 0 ? 0 : 1;
    var over = i === X.length - 1;
    if (over) { mistakes.push(0); }
    return {
      w: [state.w[0] + change * x[0], state.w[1] + change * x[1]],
      b: state.b + change,
      epoch: state.epoch + (over ? 1 : 0),
      next: over ? 0 : i + 1,
      mistakes: mistakes,
      last: { i: i, epoch: state.epoch, z: z, answer: answer, change: change, w: state.w,
        b: state.b }
    };
  }

  /* ---------------------------------------------------------------- the page */

  var STYLE =
    ".pcw .pcw-controls{display:grid;gap:.2rem 1.4rem;" +
    "grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}" +
    ".pcw .pcw-buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:.7rem 0}" +
    ".pcw [role=status]{min-height:3em}" +
    "@media(max-width:600px){.pcw [role=status]{min-height:6em}}" +
    ".pcw .pcw-plots{display:grid;gap:.8rem;" +
    "grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr))}" +
    ".pcw .pcw-note{font-size:.8rem;color:var(--lw-quiet)}" +
    ".pcw .pcw-counts{overflow-x:auto}" +
    ".pcw table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.6rem 0 0}" +
    ".pcw th,.pcw td{padding:.15rem .55rem;text-align:right;border-bottom:1px solid var(--lw-line)}" +
    ".pcw tbody th{text-align:left;font-weight:600}" +
    ".pcw .pcw-counts:focus-visible{outline:3px solid var(--lw-accent);outline-offset:2px}";

  var SIZE = 230, LEFT = 34, TOP = 8;

  /* A square picture of [lo, hi]^2 with ticks; returns the two scales. */
  function frame(svg, lo, hi, ticks, names) {
    function px(u) { return LEFT + (u - lo) / (hi - lo) * SIZE; }
    function py(u) { return TOP + SIZE - (u - lo) / (hi - lo) * SIZE; }
    svg.replaceChildren(c.shape("rect", { x: LEFT, y: TOP, width: SIZE, height: SIZE,
      fill: "none", stroke: "var(--lw-edge)" }));
    ticks.forEach(function (tick) {
      var text = c.number(tick, 0);
      svg.append(
        c.shape("text", { x: px(tick), y: TOP + SIZE + 16, "text-anchor": "middle" }, text),
        c.shape("text", { x: LEFT - 7, y: py(tick) + 4, "text-anchor": "end" }, text));
    });
    svg.append(
      c.shape("text", { x: LEFT + SIZE / 2, y: TOP + SIZE + 31, "text-anchor": "middle" }, names[0]),
      c.shape("text", { x: 4, y: TOP + 14 }, names[1]));
    return { x: px, y: py };
  }

  /* The part of the square where w.x + b > 0, and where its edge cuts the square. */
  function side(w, b, lo, hi) {
    var corners = [[lo, lo], [hi, lo], [hi, hi], [lo, hi]];
    var z = corners.map(function (p) { return p[0] * w[0] + p[1] * w[1] + b; });
    var polygon = [], line = [];
    corners.forEach(function (corner, i) {
      var j = (i + 1) % 4;
      if (z[i] >= 0) { polygon.push(corner); }
      if ((z[i] >= 0) !== (z[j] >= 0)) {
        var t = z[i] / (z[i] - z[j]);
        var cut = [corner[0] + t * (corners[j][0] - corner[0]),
                   corner[1] + t * (corners[j][1] - corner[1])];
        polygon.push(cut);
        line.push(cut);
      }
    });
    return { polygon: polygon, line: line };
  }

  function path(points, scale) {
    return points.map(function (p) { return scale.x(p[0]) + "," + scale.y(p[1]); }).join(" ");
  }

  function arrow(svg, from, to, colour, width, dashed) {
    var dx = to[0] - from[0], dy = to[1] - from[1];
    var length = Math.hypot(dx, dy);
    if (length < 1) { return; }
    var ux = dx / length, uy = dy / length, head = Math.min(9, length);
    var base = [to[0] - head * ux, to[1] - head * uy];
    var wing = [-uy * head * 0.5, ux * head * 0.5];
    var line = { x1: from[0], y1: from[1], x2: base[0], y2: base[1], stroke: colour,
      "stroke-width": width };
    if (dashed) { line["stroke-dasharray"] = "4 3"; }
    svg.append(c.shape("line", line), c.shape("polygon", { fill: colour,
      points: [to, [base[0] + wing[0], base[1] + wing[1]], [base[0] - wing[0], base[1] - wing[1]]]
        .map(function (p) { return p.join(","); }).join(" ") }));
  }

  function pair(w, b) {
    return "w = (" + c.number(w[0], 2) + ", " + c.number(w[1], 2) + "), b = " + c.number(b, 2);
  }

  function drawPlane(svg, state, options) {
    var lo = -0.7, hi = 1.7;
    var scale = frame(svg, lo, hi, [0, 1], ["x\u2081", "x\u2082"]);
    var flat = state.w[0] === 0 && state.w[1] === 0;
    var now = flat
      ? { line: [], polygon: answerOf(state.b, options.atZero) > 0 ? side([0, 0], 1, lo, hi).polygon : [] }
      : side(state.w, state.b, lo, hi);
    if (now.polygon.length) {
      svg.append(c.shape("polygon", { points: path(now.polygon, scale), fill: "var(--lw-plus)",
        "fill-opacity": 0.2 }));
    }
    if (state.last && state.last.change !== 0) {
      var before = side(state.last.w, state.last.b, lo, hi).line;
      if (before.length === 2) {
        svg.append(c.shape("polyline", { points: path(before, scale), fill: "none",
          stroke: "var(--lw-quiet)", "stroke-width": 1.5, "stroke-dasharray": "5 4" }));
      }
    }
    if (now.line.length === 2) {
      svg.append(c.shape("polyline", { points: path(now.line, scale), fill: "none",
        stroke: "var(--lw-ink)", "stroke-width": 2.5, "class": "pcw-line" }));
      var middle = [(now.line[0][0] + now.line[1][0]) / 2, (now.line[0][1] + now.line[1][1]) / 2];
      var size = Math.hypot(state.w[0], state.w[1]);
      arrow(svg, [scale.x(middle[0]), scale.y(middle[1])],
        [scale.x(middle[0] + 0.4 * state.w[0] / size), scale.y(middle[1] + 0.4 * state.w[1] / size)],
        "var(--lw-ink)", 2);
    }
    X.forEach(function (x, i) {
      var px = scale.x(x[0]), py = scale.y(x[1]);
      if (state.last && state.last.i === i) {
        svg.append(c.shape("circle", { cx: px, cy: py, r: 15, fill: "none",
          stroke: "var(--lw-ink)", "stroke-width": 2 }));
        svg.append(c.shape("text", { x: px + 18, y: py - 12 },
          state.last.change === 0 ? "right" : "wrong"));
      }
      svg.append(GATES[options.gate][i]
        ? c.shape("polygon", { fill: "var(--lw-plus)", points:
          [[px, py - 8], [px - 8, py + 6], [px + 8, py + 6]].join(" ") })
        : c.shape("circle", { cx: px, cy: py, r: 7, fill: "var(--lw-minus)" }));
    });
    var where = now.line.length === 2 ? "the line crosses the picture, and the arrow w points to the side of 1"
      : now.polygon.length ? "every point counts as 1" : "every point counts as 0";
    svg.setAttribute("aria-label", "The four rows of " + options.gate.toUpperCase() + " in the plane: " +
      where + ".");
  }

  function drawWeights(svg, state, options) {
    var reach = 2.5 * options.rate;
    [state.w].concat(state.last ? [state.last.w] : []).forEach(function (w) {
      reach = Math.max(reach, 1.15 * Math.abs(w[0]), 1.15 * Math.abs(w[1]));
    });
    var scale = frame(svg, -reach, reach, [0], ["w\u2081", "w\u2082"]);
    var origin = [scale.x(0), scale.y(0)];
    svg.append(
      c.shape("line", { x1: LEFT, x2: LEFT + SIZE, y1: origin[1], y2: origin[1], stroke: "var(--lw-line)" }),
      c.shape("line", { y1: TOP, y2: TOP + SIZE, x1: origin[0], x2: origin[0], stroke: "var(--lw-line)" }));
    var tip = [scale.x(state.w[0]), scale.y(state.w[1])];
    var text = "Arrow of the weights: " + pair(state.w, state.b) + ".";
    if (state.last && state.last.change !== 0) {
      var old = [scale.x(state.last.w[0]), scale.y(state.last.w[1])];
      arrow(svg, origin, old, "var(--lw-quiet)", 1.5, true);
      arrow(svg, old, tip, "var(--lw-plus)", 3);
      text += " The update moved it from (" + state.last.w.map(function (u) {
        return c.number(u, 2);
      }).join(", ") + ").";
      if (X[state.last.i][0] + X[state.last.i][1] === 0) {
        svg.append(c.shape("text", { x: LEFT + 8, y: TOP + 18 }, "only b changed"));
      }
    }
    arrow(svg, origin, tip, "var(--lw-ink)", 2);
    svg.append(c.shape("circle", { cx: tip[0], cy: tip[1], r: 3, fill: "var(--lw-ink)" }));
    svg.setAttribute("aria-label", text);
  }

  function sentence(state, options) {
    if (!state.last) {
      return "Start: " + pair(state.w, state.b) + ". Next: row (0, 0). Which way will the line move?";
    }
    var last = state.last, x = X[last.i], y = GATES[options.gate][last.i];
    var said = "Epoch " + last.epoch + ", row (" + x.join(", ") + "), target " + y + ": z = " +
      c.number(last.z, 2) + ", answer " + (last.answer === 0.5 ? "\u00bd" : last.answer) + ". ";
    if (last.change === 0) {
      said += "Right: nothing changes; " + pair(state.w, state.b) + ".";
    } else {
      said += "A mistake: " + (last.change > 0 ? "add " : "subtract ") +
        c.number(Math.abs(last.change), 2) + " times the row; now " + pair(state.w, state.b) + ".";
    }
    if (last.i === X.length - 1 && state.mistakes[last.epoch] === 0) {
      said += " An epoch without a mistake: " + options.gate.toUpperCase() + " is learned.";
    }
    return said;
  }

  function mount(host) {
    var state = start();
    var options = { gate: "and", rate: 0.5, atZero: 1 };
    if (!document.getElementById("pcw-style")) {
      document.head.append(c.element("style", { id: "pcw-style" }, STYLE));
    }
    function change(name, read) {
      return function (value) {
        options[name] = read(value);
        state = start();
        draw();
      };
    }
    var gate = c.choice({ name: "gate", label: "gate", value: "and",
      options: [["and", "AND"], ["or", "OR"], ["xor", "XOR"]], onInput: change("gate", String) });
    var zero = c.choice({ name: "zero", label: "step(0)", value: "1",
      options: [["0", "0"], ["0.5", "\u00bd"], ["1", "1"]], onInput: change("atZero", Number) });
    var rate = c.slider({ name: "rate", label: "rate \u03b7", values: [0.1, 0.25, 0.5, 1, 2],
      value: 0.5, onInput: change("rate", Number) });
    function one() { state = step(state, options); }
    function button(name, text, action) {
      return c.button(name, text, function () { action(); draw(); });
    }
    var first = button("step", "Step (one row)", one);
    first.classList.add("lw-first");
    var buttons = c.element("div", { "class": "pcw-buttons" }, first,
      button("epoch", "Epoch", function () { do { one(); } while (state.next !== 0); }),
      button("reset", "Reset", function () { state = start(); }));
    var status = c.element("p", { role: "status", "aria-live": "polite" });
    var plane = c.shape("svg", { viewBox: "0 0 275 275", role: "img" });
    var weights = c.shape("svg", { viewBox: "0 0 275 275", role: "img" });
    var counts = c.element("div", { "class": "pcw-counts", tabindex: "0", role: "region",
      "aria-label": "Mistakes in each epoch" });
    var root = c.element("div", { "class": "lw pcw", role: "group",
      "aria-label": "A perceptron learns a gate: look at one row at a time" },
    c.element("div", { "class": "pcw-controls" }, gate.node, zero.node, rate.node), buttons, status,
    c.element("div", { "class": "pcw-plots" },
      c.element("div", {}, plane, c.element("p", { "class": "pcw-note" },
        "The rows (triangle: target 1), the line, and the side of 1 shaded. Dashed: the line before.")),
      c.element("div", {}, weights, c.element("p", { "class": "pcw-note" },
        "The weights as an arrow. Coloured: the update. Dashed: the weights before."))), counts);

    function draw() {
      status.textContent = sentence(state, options);
      drawPlane(plane, state, options);
      drawWeights(weights, state, options);
      var begun = state.mistakes.slice(0, state.epoch + (state.next ? 1 : 0));
      var from = Math.max(0, begun.length - 10);
      var head = c.element("tr", {}, c.element("th", { scope: "row" }, "epoch"));
      var line = c.element("tr", {}, c.element("th", { scope: "row" }, "mistakes"));
      begun.slice(from).forEach(function (count, k) {
        head.append(c.element("td", {}, String(from + k)));
        line.append(c.element("td", {}, String(count)));
      });
      counts.replaceChildren(c.element("table", {}, c.element("tbody", {}, head, line)));
      root.dataset.w1 = String(state.w[0]);
      root.dataset.w2 = String(state.w[1]);
      root.dataset.b = String(state.b);
      root.dataset.mistakes = JSON.stringify(begun);
    }

    draw();
    host.replaceChildren(root);
    return root;
  }

  window.labWidgets.perceptron = { X: X, GATES: GATES, start: start, step: step, mount: mount };
  c.mountAll("perceptron", mount);
})();
