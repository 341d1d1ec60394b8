/* A logistic neuron on AND, column by column.
 *
 * A classic script: no modules, no network, so it works from file:// too. It takes the place of
 * the fallback inside every element with data-widget="logistic_neuron". Nothing moves by itself.
 * The letters and the order are those of the chapter: z, p, the two halves of the loss, C, dC/dp,
 * dp/dz, dC/dz, dC/dw, dC/db, and the next w and b.
 */
(function () {
  "use strict";

  var X = [[0, 0], [0, 1], [1, 0], [1, 1]];
  var Y = [0, 0, 0, 1];
  var START = { w: [10, 10], b: 10 };

  /* All columns of the sheet at the given weights. Works on z, never on 1 - p. */
  function forward(params) {
    var n = X.length;
    var dw = [0, 0];
    var db = 0;
    var cost = 0;
    var rows = X.map(function (x, i) {
      var y = Y[i];
      var z = x[0] * params.w[0] + x[1] * params.w[1] + params.b;
      var tail = Math.log1p(Math.exp(-Math.abs(z)));
      var logP = Math.min(z, 0) - tail;
      var logQ = Math.min(-z, 0) - tail; // log(1 - p)
      var p = Math.exp(logP);
      var q = Math.exp(logQ); // 1 - p without the subtraction
      var loss = -(y * logP + (1 - y) * logQ);
      var dz = (y ? -q : p) / n;
      cost += loss / n;
      dw[0] += dz * x[0];
      dw[1] += dz * x[1];
      db += dz;
      return {
        x: x, y: y, z: z, p: p,
        yLogP: y * logP, oneMinusYLogOneMinusP: (1 - y) * logQ, loss: loss,
        dCdp: (y ? -1 / p : 1 / q) / n, dpdz: p * q, dCdz: dz,
        dCdw: [dz * x[0], dz * x[1]], dCdb: dz
      };
    });
    return { rows: rows, cost: cost, dw: dw, db: db };
  }

  /* One epoch of gradient descent: all four rows, then one update. */
  function step(params, rate) {
    var g = forward(params);
    return {
      w: [params.w[0] - rate * g.dw[0], params.w[1] - rate * g.dw[1]],
      b: params.b - rate * g.db
    };
  }

  function number(value, digits) {
    var size = Math.abs(value);
    if (size !== 0 && (size >= 1e5 || size < 1e-4)) {
      return value.toExponential(2).replace(/-/g, "\u2212").replace("e+", "e");
    }
    return (value === 0 ? 0 : value).toFixed(digits).replace(/-/g, "\u2212");
  }

  /* ---------------------------------------------------------------- the page */

  var STYLE =
    ".lnw{font-size:.9rem;border:1px solid var(--pst-color-border,#bbb);border-radius:.4rem;" +
    "padding:.8rem;margin:1rem 0}" +
    ".lnw .lnw-controls{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));" +
    "gap:.3rem 1.2rem}" +
    ".lnw label{display:flex;align-items:center;gap:.5rem}" +
    ".lnw label span{min-width:2.6rem;white-space:nowrap}" +
    ".lnw input{flex:1;min-width:5rem;accent-color:var(--pst-color-primary,#0b6)}" +
    ".lnw output{min-width:4.2rem;text-align:right;font-variant-numeric:tabular-nums}" +
    ".lnw button{font:inherit;padding:.3rem .8rem;margin:.5rem .5rem .5rem 0;cursor:pointer;" +
    "color:inherit;background:transparent;border:1px solid currentColor;border-radius:.3rem}" +
    ".lnw button:focus-visible,.lnw input:focus-visible,.lnw .lnw-sheet:focus-visible" +
    "{outline:3px solid var(--pst-color-primary,#08c);outline-offset:2px}" +
    ".lnw .lnw-plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));" +
    "gap:.8rem}" +
    ".lnw svg{width:100%;height:auto;color:inherit}" +
    ".lnw svg text{fill:currentColor;font-size:13px}" +
    ".lnw .lnw-sheet{overflow-x:auto}" +
    ".lnw table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:.4rem 0;" +
    "width:100%}" +
    ".lnw th,.lnw td{padding:.15rem .5rem;text-align:right;white-space:nowrap;" +
    "border-bottom:1px solid var(--pst-color-border,#bbb)}" +
    ".lnw tbody th{text-align:left}" +
    "@media(max-width:600px){.lnw{padding:.4rem}.lnw table{font-size:.68rem}" +
    ".lnw th,.lnw td{padding:.15rem}.lnw tbody th{white-space:normal}}";

  var COLUMNS = [
    ["y", function (r) { return String(r.y); }],
    ["z", function (r) { return number(r.z, 4); }],
    ["p", function (r) { return number(r.p, 4); }],
    ["y log p", function (r) { return number(r.yLogP, 4); }],
    ["(1\u2212y) log(1\u2212p)", function (r) { return number(r.oneMinusYLogOneMinusP, 4); }],
    ["loss, mean C", function (r) { return number(r.loss, 4); }],
    ["\u2202C/\u2202p", function (r) { return number(r.dCdp, 2); }],
    ["dp/dz", function (r) { return number(r.dpdz, 4); }],
    ["\u2202C/\u2202z", function (r) { return number(r.dCdz, 4); }],
    ["\u2202C/\u2202w\u2081", function (r) { return number(r.dCdw[0], 4); }],
    ["\u2202C/\u2202w\u2082", function (r) { return number(r.dCdw[1], 4); }],
    ["\u2202C/\u2202b", function (r) { return number(r.dCdb, 4); }]
  ];

  function element(tag, attributes, text) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (key) {
      node.setAttribute(key, attributes[key]);
    });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function shape(tag, attributes, text) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  /* The part of the square [lo, hi]^2 where w.x + b >= 0: clip the square by the line. */
  function positiveSide(params, lo, hi) {
    var corners = [[lo, lo], [hi, lo], [hi, hi], [lo, hi]];
    var z = corners.map(function (c) { return c[0] * params.w[0] + c[1] * params.w[1] + params.b; });
    var polygon = [];
    var line = [];
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

  function drawPoints(svg, params, columns) {
    var lo = -0.5, hi = 1.7, left = 40, top = 10, size = 230;
    function px(x) { return left + (x - lo) / (hi - lo) * size; }
    function py(x) { return top + size - (x - lo) / (hi - lo) * size; }
    function path(points) {
      return points.map(function (c) { return px(c[0]) + "," + py(c[1]); }).join(" ");
    }
    svg.replaceChildren();
    svg.appendChild(shape("rect", { x: left, y: top, width: size, height: size, fill: "none",
      stroke: "currentColor", "stroke-opacity": 0.5 }));
    var side = positiveSide(params, lo, hi);
    if (side.polygon.length) {
      svg.appendChild(shape("polygon", { points: path(side.polygon), fill: "#e69f00",
        "fill-opacity": 0.25 }));
    }
    if (side.line.length === 2) {
      svg.appendChild(shape("polyline", { points: path(side.line), fill: "none",
        stroke: "currentColor", "stroke-width": 2.5, "class": "lnw-line" }));
    }
    [0, 1].forEach(function (tick) {
      svg.appendChild(shape("text", { x: px(tick), y: top + size + 16, "text-anchor": "middle" },
        String(tick)));
      svg.appendChild(shape("text", { x: left - 8, y: py(tick) + 4, "text-anchor": "end" },
        String(tick)));
    });
    svg.appendChild(shape("text", { x: left + size / 2, y: top + size + 32,
      "text-anchor": "middle" }, "x\u2081"));
    svg.appendChild(shape("text", { x: 4, y: top + size / 2 + 4 }, "x\u2082"));
    columns.rows.forEach(function (row) {
      var cx = px(row.x[0]), cy = py(row.x[1]);
      svg.appendChild(row.y
        ? shape("rect", { x: cx - 7, y: cy - 7, width: 14, height: 14, fill: "#d55e00" })
        : shape("circle", { cx: cx, cy: cy, r: 7, fill: "none", stroke: "#0072b2",
          "stroke-width": 3.5 }));
      svg.appendChild(shape("text", { x: cx + 11, y: cy - 9 }, "p " + number(row.p, 2)));
    });
    var where = side.line.length === 2 ? "The line p = 0.5 crosses the picture"
      : columns.rows[0].z >= 0 ? "The whole picture is on the side p > 0.5"
        : "The whole picture is on the side p < 0.5";
    svg.setAttribute("aria-label", where + ". " + columns.rows.map(function (row) {
      return "Point (" + row.x.join(", ") + ") with target " + row.y + ": p = " + number(row.p, 3);
    }).join("; ") + ".");
  }

  function drawCosts(svg, costs) {
    var left = 40, top = 10, width = 230, height = 230;
    var most = Math.max(20, costs.length - 1);
    var high = Math.max.apply(null, costs.concat([0.1])) * 1.05;
    function px(e) { return left + e / most * width; }
    function py(c) { return top + height - c / high * height; }
    svg.replaceChildren();
    svg.appendChild(shape("rect", { x: left, y: top, width: width, height: height, fill: "none",
      stroke: "currentColor", "stroke-opacity": 0.5 }));
    svg.appendChild(shape("polyline", { fill: "none", stroke: "#0072b2", "stroke-width": 2.5,
      points: costs.map(function (c, e) { return px(e) + "," + py(c); }).join(" ") }));
    svg.appendChild(shape("circle", { cx: px(costs.length - 1), cy: py(costs[costs.length - 1]),
      r: 4, fill: "#0072b2" }));
    svg.appendChild(shape("text", { x: left - 4, y: top + height, "text-anchor": "end" }, "0"));
    svg.appendChild(shape("text", { x: left - 4, y: top + 12, "text-anchor": "end" },
      number(high, high < 1 ? 2 : 1)));
    svg.appendChild(shape("text", { x: left, y: top + height + 16, "text-anchor": "middle" }, "0"));
    svg.appendChild(shape("text", { x: left + width, y: top + height + 16,
      "text-anchor": "middle" }, String(most)));
    svg.appendChild(shape("text", { x: left + width / 2, y: top + height + 32,
      "text-anchor": "middle" }, "epoch"));
    svg.appendChild(shape("text", { x: left + 8, y: top + 18 }, "cost C"));
    svg.setAttribute("aria-label", "Cost by epoch, from " + number(costs[0], 5) + " at epoch 0 to " +
      number(costs[costs.length - 1], 5) + " at epoch " + (costs.length - 1) + ".");
  }

  function mount(host) {
    var params, costs, rate = 1;
    var root = element("div", { "class": "lnw", role: "group",
      "aria-label": "Logistic neuron on AND: change the weights or step through the epochs" });
    if (!document.getElementById("lnw-style")) {
      document.head.appendChild(element("style", { id: "lnw-style" }, STYLE));
    }

    var controls = element("div", { "class": "lnw-controls" });
    var sliders = {};
    [["w1", "w\u2081", -12, 12, 0.01], ["w2", "w\u2082", -12, 12, 0.01],
     ["b", "b", -12, 12, 0.01], ["rate", "rate \u03b7", 0.05, 10, 0.05]].forEach(function (s) {
      var label = element("label");
      var input = element("input", { type: "range", name: s[0], min: s[2], max: s[3], step: s[4] });
      var output = element("output", { "data-value": s[0] });
      label.append(element("span", {}, s[1]), input, output);
      controls.appendChild(label);
      sliders[s[0]] = { input: input, output: output };
      input.addEventListener("input", function () {
        var value = Number(input.value);
        if (s[0] === "rate") { rate = value; } else {
          if (s[0] === "w1") { params.w = [value, params.w[1]]; }
          if (s[0] === "w2") { params.w = [params.w[0], value]; }
          if (s[0] === "b") { params.b = value; }
          costs = [forward(params).cost];
        }
        draw();
      });
    });

    function button(name, text, action) {
      var node = element("button", { type: "button", "data-action": name }, text);
      node.addEventListener("click", function () { action(); draw(); });
      return node;
    }
    function advance(times) {
      for (var i = 0; i < times; i += 1) {
        params = step(params, rate);
        costs.push(forward(params).cost);
      }
    }
    function reset() {
      params = { w: START.w.slice(), b: START.b };
      rate = 1;
      costs = [forward(params).cost];
    }
    var buttons = element("div");
    buttons.append(button("step", "Step one epoch", function () { advance(1); }),
      button("ten", "Step ten", function () { advance(10); }),
      button("reset", "Reset", reset));

    var status = element("p", { role: "status", "aria-live": "polite" });
    var plots = element("div", { "class": "lnw-plots" });
    var points = shape("svg", { viewBox: "0 0 290 280", role: "img" });
    var curve = shape("svg", { viewBox: "0 0 290 280", role: "img" });
    plots.append(points, curve);
    var sheet = element("div", { "class": "lnw-sheet", tabindex: "0", role: "region",
      "aria-label": "The sheet, on its side: one line for each step of the computation, one column for each row of AND" });
    root.append(controls, buttons, status, plots, sheet);

    /* The sheet lies on its side, so that it fits a phone: its columns are the table's lines. */
    function drawSheet(columns) {
      var next = step(params, rate);
      var sums = {
        "loss, mean C": number(columns.cost, 4),
        "\u2202C/\u2202w\u2081": number(columns.dw[0], 4),
        "\u2202C/\u2202w\u2082": number(columns.dw[1], 4),
        "\u2202C/\u2202b": number(columns.db, 4)
      };
      var table = element("table");
      var head = element("tr");
      head.append(element("th", { scope: "col" }, "column"));
      columns.rows.forEach(function (row) {
        head.append(element("th", { scope: "col" }, "(" + row.x.join(", ") + ")"));
      });
      head.append(element("th", { scope: "col" }, "all rows"));
      var top = element("thead");
      top.appendChild(head);
      var body = element("tbody");
      COLUMNS.forEach(function (c) {
        var line = element("tr");
        line.appendChild(element("th", { scope: "row" }, c[0]));
        columns.rows.forEach(function (row) { line.appendChild(element("td", {}, c[1](row))); });
        line.appendChild(element("td", {}, sums[c[0]] || ""));
        body.appendChild(line);
      });
      [["w\u2081\u2032", next.w[0]], ["w\u2082\u2032", next.w[1]], ["b\u2032", next.b]].forEach(
        function (pair) {
          var line = element("tr");
          line.append(element("th", { scope: "row" }, pair[0]),
            element("td", { colspan: 4 }, "after one step"),
            element("td", {}, number(pair[1], 4)));
          body.appendChild(line);
        });
      table.append(top, body);
      sheet.replaceChildren(table);
    }

    function draw() {
      var columns = forward(params);
      var values = { w1: params.w[0], w2: params.w[1], b: params.b, rate: rate };
      Object.keys(values).forEach(function (key) {
        var text = number(values[key], key === "rate" ? 2 : 4);
        sliders[key].input.value = values[key];
        sliders[key].input.setAttribute("aria-valuetext", text);
        sliders[key].output.textContent = text;
      });
      var right = columns.rows.filter(function (row) { return (row.z >= 0) === (row.y === 1); });
      var epoch = costs.length - 1;
      root.dataset.epoch = String(epoch);
      root.dataset.cost = String(columns.cost);
      status.textContent = "Epoch " + epoch + ": cost C = " + number(columns.cost, 5) + ", " +
        right.length + " of 4 rows on the right side of the line.";
      drawPoints(points, params, columns);
      drawCosts(curve, costs);
      drawSheet(columns);
    }

    reset();
    draw();
    host.replaceChildren(root);
    return root;
  }

  window.labWidgets = window.labWidgets || {};
  window.labWidgets.logisticNeuron = { X: X, Y: Y, START: START, forward: forward, step: step,
    mount: mount };

  function mountAll() {
    document.querySelectorAll('[data-widget="logistic_neuron"]').forEach(mount);
  }
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", mountAll);
  } else {
    mountAll();
  }
})();
