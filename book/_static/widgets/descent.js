/* Gradient descent, momentum and Adam on one surface, from a start that can be moved.
 *
 * A classic script: no modules, no network, so it works from file:// too. It takes the place of
 * the fallback inside every element with data-widget="descent". Nothing moves by itself. The
 * letters are those of the chapter: u and v are the two parameters, the valley's curvatures are
 * 1 / kappa along u and 1 along v.
 */
(function () {
  "use strict";

  var c = window.labWidgets.controls;

  var SURFACES = {
    valley: {
      name: "valley",
      f: function (u, v, kappa) { return 0.5 * (u * u / kappa + v * v); },
      slope: function (u, v, kappa) { return [u / kappa, v]; }
    },
    saddle: {
      name: "saddle",
      f: function (u, v) { return 0.5 * (u * u - v * v) + 0.25 * v * v * v * v; },
      slope: function (u, v) { return [u, v * v * v - v]; }
    }
  };
  var START = { surface: "valley", kappa: 30, gd: 1, momentum: 0.3, beta: 0.9, adam: 0.1,
    u: -1.6, v: 1 };
  var METHODS = [
    { key: "gd", name: "descent", colour: "var(--lw-minus)", dash: "" },
    { key: "momentum", name: "momentum", colour: "var(--lw-plus)", dash: "6 3" },
    { key: "adam", name: "Adam", colour: "var(--lw-second)", dash: "2 3" }
  ];
  var FAR = 1e6; // from here on a run counts as diverged

  /* The states after 0, 1, ... steps of one method: a list of [u, v]. */
  function path(key, steps, options) {
    var surface = SURFACES[options.surface];
    var at = [options.u, options.v];
    var m = [0, 0], s = [0, 0], rows = [at];
    for (var t = 1; t <= steps; t += 1) {
      var g = surface.slope(at[0], at[1], options.kappa);
      var next = [];
      for (var i = 0; i < 2; i += 1) {
        if (key === "gd") {
          next.push(at[i] - options.gd * g[i]);
        } else if (key === "momentum") {
          m[i] = options.beta * m[i] + g[i];
          next.push(at[i] - options.momentum * m[i]);
        } else {
          m[i] = 0.9 * m[i] + 0.1 * g[i];
          s[i] = 0.999 * s[i] + 0.001 * g[i] * g[i];
          var mHat = m[i] / (1 - Math.pow(0.9, t)), sHat = s[i] / (1 - Math.pow(0.999, t));
          next.push(at[i] - options.adam * mHat / (Math.sqrt(sHat) + 1e-8));
        }
      }
      at = next;
      rows.push(at);
      if (!(Math.abs(at[0]) < FAR && Math.abs(at[1]) < FAR)) { break; }
    }
    return rows;
  }

  function costs(rows, options) {
    return rows.map(function (at) {
      return SURFACES[options.surface].f(at[0], at[1], options.kappa);
    });
  }

  /* What one step does to the distance from the valley's floor, along v and along u. */
  function factors(options) {
    return { steep: 1 - options.gd, flat: 1 - options.gd / options.kappa };
  }

  function verdict(options) {
    if (options.surface !== "valley") {
      return "At (0, 0) the slope is 0 and the curvature has both signs: a saddle. Start at v = 0 " +
        "and see who leaves it.";
    }
    var by = factors(options);
    var how = by.steep === 0 ? "is 0 after one step" : Math.abs(by.steep) > 1 ? "grows: it diverges"
      : Math.abs(by.steep) === 1 ? "keeps its length: it swings for ever"
        : by.steep < 0 ? "changes sign and shrinks: it swings from wall to wall" : "shrinks";
    return "One step of descent multiplies v by " + c.number(by.steep, 3) + ", so v " + how +
      "; it multiplies u by " + c.number(by.flat, 3) + ".";
  }

  /* ---------------------------------------------------------------- the page */

  var STYLE =
    ".dcw .dcw-controls{display:grid;gap:.2rem 1.4rem;" +
    "grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}" +
    ".dcw .dcw-buttons{display:flex;flex-wrap:wrap;gap:.5rem;margin:.7rem 0}" +
    ".dcw [role=status]{min-height:4.5em}" +
    "@media(max-width:600px){.dcw [role=status]{min-height:9em}}" +
    ".dcw .dcw-plots{display:grid;gap:.8rem;" +
    "grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr))}" +
    ".dcw .dcw-note{font-size:.8rem;color:var(--lw-quiet)}" +
    ".dcw svg.dcw-plane{cursor:crosshair;touch-action:manipulation}";

  var WIDE = 260, HIGH = 200, LEFT = 40, TOP = 8, U = 2, V = 1.5;

  function plane() {
    return {
      x: function (u) { return LEFT + (u + U) / (2 * U) * WIDE; },
      y: function (v) { return TOP + HIGH - (v + V) / (2 * V) * HIGH; }
    };
  }

  /* Height lines by marching squares: the pieces of line in the cells of a grid. */
  function heightLines(options, levels) {
    var n = 48, f = SURFACES[options.surface].f, z = [], pieces = [];
    function at(i, j) { return [-U + 2 * U * i / n, -V + 2 * V * j / n]; }
    for (var i = 0; i <= n; i += 1) {
      z.push([]);
      for (var j = 0; j <= n; j += 1) { z[i].push(f(at(i, j)[0], at(i, j)[1], options.kappa)); }
    }
    function crossing(i, j, k, l, level) {
      var a = z[i][j] - level, b = z[k][l] - level;
      if ((a < 0) === (b < 0)) { return null; }
      var t = a / (a - b), p = at(i, j), q = at(k, l);
      return [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
    }
    levels.forEach(function (level) {
      for (var i = 0; i < n; i += 1) {
        for (var j = 0; j < n; j += 1) {
          var cut = [crossing(i, j, i + 1, j, level), crossing(i + 1, j, i + 1, j + 1, level),
            crossing(i + 1, j + 1, i, j + 1, level), crossing(i, j + 1, i, j, level)]
            .filter(Boolean);
          for (var k = 0; k + 1 < cut.length; k += 2) { pieces.push([cut[k], cut[k + 1]]); }
        }
      }
    });
    return pieces;
  }

  function drawPlane(svg, runs, options) {
    var scale = plane();
    var levels = options.surface === "valley"
      ? [0.005, 0.02, 0.06, 0.15, 0.3, 0.55, 0.9, 1.4, 2.1]
      : [-0.24, -0.2, -0.1, 0.001, 0.15, 0.4, 0.8, 1.4, 2.1];
    var lines = heightLines(options, levels).map(function (piece) {
      return "M" + piece.map(function (p) {
        return scale.x(p[0]).toFixed(1) + " " + scale.y(p[1]).toFixed(1);
      }).join("L");
    }).join("");
    svg.replaceChildren(
      c.shape("rect", { x: LEFT, y: TOP, width: WIDE, height: HIGH, fill: "none",
        stroke: "var(--lw-edge)" }),
      c.shape("path", { d: lines, fill: "none", stroke: "var(--lw-line)", "stroke-width": 1.2 }));
    [[-2, 0], [0, 0], [2, 0]].forEach(function (p) {
      svg.append(c.shape("text", { x: scale.x(p[0]), y: TOP + HIGH + 16, "text-anchor": "middle" },
        c.number(p[0], 0)));
    });
    [-1, 0, 1].forEach(function (v) {
      svg.append(c.shape("text", { x: LEFT - 6, y: scale.y(v) + 4, "text-anchor": "end" },
        c.number(v, 0)));
    });
    svg.append(c.shape("text", { x: LEFT + WIDE / 2 + 24, y: TOP + HIGH + 16 }, "u"),
      c.shape("text", { x: LEFT - 30, y: TOP + 14 }, "v"));
    var frame = c.shape("svg", { x: LEFT, y: TOP, width: WIDE, height: HIGH,
      viewBox: [LEFT, TOP, WIDE, HIGH].join(" ") });
    METHODS.forEach(function (method, i) {
      var points = runs[i].filter(function (p) { return Math.abs(p[0]) < 40 && Math.abs(p[1]) < 40; });
      frame.append(c.shape("polyline", { fill: "none", stroke: method.colour, "stroke-width": 2,
        "stroke-dasharray": method.dash, points: points.map(function (p) {
          return scale.x(p[0]).toFixed(1) + "," + scale.y(p[1]).toFixed(1);
        }).join(" ") }));
      var last = points[points.length - 1];
      frame.append(c.shape("circle", { cx: scale.x(last[0]), cy: scale.y(last[1]), r: 5,
        fill: method.colour }));
    });
    frame.append(c.shape("circle", { cx: scale.x(options.u), cy: scale.y(options.v), r: 7,
      fill: "var(--lw-ground)", stroke: "var(--lw-ink)", "stroke-width": 2 }));
    svg.append(frame);
    svg.setAttribute("aria-label", "Height lines of the " + options.surface + " with three paths " +
      "from (" + c.number(options.u, 2) + ", " + c.number(options.v, 2) + ").");
  }

  function drawCosts(svg, runs, options, steps) {
    var floor = options.surface === "valley" ? 0 : -0.25;
    var all = runs.map(function (rows) {
      return costs(rows, options).map(function (cost) {
        return Math.log10(Math.min(Math.max(cost - floor, 1e-8), 1e4));
      });
    });
    var low = -8, high = 4, span = Math.max(steps, 10);
    function px(t) { return LEFT + t / span * WIDE; }
    function py(value) { return TOP + HIGH - (value - low) / (high - low) * HIGH; }
    svg.replaceChildren(c.shape("rect", { x: LEFT, y: TOP, width: WIDE, height: HIGH, fill: "none",
      stroke: "var(--lw-edge)" }));
    [-8, -4, 0, 4].forEach(function (power) {
      svg.append(c.shape("text", { x: LEFT - 6, y: py(power) + 4, "text-anchor": "end" },
        power === 0 ? "1" : "1e" + c.number(power, 0)));
    });
    [0, span].forEach(function (t) {
      svg.append(c.shape("text", { x: px(t), y: TOP + HIGH + 16, "text-anchor": "middle" },
        String(t)));
    });
    svg.append(c.shape("text", { x: LEFT + WIDE / 2, y: TOP + HIGH + 16, "text-anchor": "middle" },
      "steps"));
    METHODS.forEach(function (method, i) {
      svg.append(c.shape("polyline", { fill: "none", stroke: method.colour, "stroke-width": 2,
        "stroke-dasharray": method.dash, points: all[i].map(function (value, t) {
          return px(t).toFixed(1) + "," + py(value).toFixed(1);
        }).join(" ") }));
    });
    svg.setAttribute("aria-label", "Height above the lowest point against the steps, on a log " +
      "axis, for the three methods.");
  }

  function mount(host) {
    var options = Object.assign({}, START), steps = 0;
    if (!document.getElementById("dcw-style")) {
      document.head.append(c.element("style", { id: "dcw-style" }, STYLE));
    }
    function change(name, read) {
      return function (value) {
        options[name] = read(value);
        draw();
      };
    }
    function rate(value) { return c.number(value, 3); }
    function slider(name, label, more) {
      return c.slider(Object.assign({ name: name, label: label, value: options[name],
        onInput: change(name, Number) }, more));
    }
    var surface = c.choice({ name: "surface", label: "surface", value: options.surface,
      options: [["valley", "a valley"], ["saddle", "a saddle"]], onInput: change("surface", String) });
    var rates = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.6, 1, 1.5, 1.9, 2, 2.1];
    var parts = {
      kappa: slider("kappa", "condition \u03ba", { values: [1, 3, 10, 30, 100, 300, 1000] }),
      gd: slider("gd", "\u03b7, descent", { values: rates, text: rate }),
      momentum: slider("momentum", "\u03b7, momentum", { values: rates, text: rate }),
      beta: slider("beta", "\u03b2, momentum", { min: 0, max: 0.99, step: 0.01,
        text: function (value) { return c.number(value, 2); } }),
      adam: slider("adam", "\u03b7, Adam", { values: rates, text: rate }),
      u: slider("u", "start u", { min: -2, max: 2, step: 0.1,
        text: function (value) { return c.number(value, 1); } }),
      v: slider("v", "start v", { min: -1.5, max: 1.5, step: 0.1,
        text: function (value) { return c.number(value, 1); } })
    };
    function button(name, text, action) {
      return c.button(name, text, function () { action(); draw(); });
    }
    var first = button("step", "Step", function () { steps += 1; });
    first.classList.add("lw-first");
    var buttons = c.element("div", { "class": "dcw-buttons" }, first,
      button("ten", "Ten steps", function () { steps += 10; }),
      button("hundred", "A hundred", function () { steps += 100; }),
      button("reset", "Back to the start", function () { steps = 0; }));
    var status = c.element("p", { role: "status", "aria-live": "polite" });
    var view = "0 0 310 230";
    var map = c.shape("svg", { viewBox: view, role: "img", "class": "dcw-plane" });
    var curve = c.shape("svg", { viewBox: view, role: "img" });
    map.addEventListener("click", function (event) {
      var box = map.getBoundingClientRect();
      var x = (event.clientX - box.left) / box.width * 310;
      var y = (event.clientY - box.top) / box.height * 230;
      var u = Math.round(10 * ((x - LEFT) / WIDE * 2 * U - U)) / 10;
      var v = Math.round(10 * ((TOP + HIGH - y) / HIGH * 2 * V - V)) / 10;
      options.u = Math.min(U, Math.max(-U, u));
      options.v = Math.min(V, Math.max(-V, v));
      parts.u.set(options.u);
      parts.v.set(options.v);
      draw();
    });
    var root = c.element("div", { "class": "lw dcw", role: "group",
      "aria-label": "Three ways down a surface, from a start that you choose" },
    c.element("div", { "class": "dcw-controls" }, surface.node, parts.kappa.node, parts.gd.node,
      parts.momentum.node, parts.beta.node, parts.adam.node, parts.u.node, parts.v.node),
    buttons, status,
    c.element("div", { "class": "dcw-plots" },
      c.element("div", {}, map, c.element("p", { "class": "dcw-note" },
        "Ring: the start; click to move it. Solid: descent. Dashed: momentum. Dotted: Adam.")),
      c.element("div", {}, curve, c.element("p", { "class": "dcw-note" },
        "Height above the lowest point, on a log axis."))));

    function draw() {
      var runs = METHODS.map(function (method) { return path(method.key, steps, options); });
      var told = METHODS.map(function (method, i) {
        var list = costs(runs[i], options);
        var lost = list.length <= steps || !(Math.abs(list[list.length - 1]) < FAR);
        return method.name + " " + (lost ? "has diverged" : c.number(list[list.length - 1], 4));
      });
      status.textContent = "After " + steps + " steps the height is: " + told.join(", ") + ". " +
        verdict(options);
      parts.kappa.input.disabled = options.surface !== "valley";
      root.dataset.steps = String(steps);
      root.dataset.ends = JSON.stringify(runs.map(function (rows) { return rows[rows.length - 1]; }));
      drawPlane(map, runs, options);
      drawCosts(curve, runs, options, steps);
    }

    draw();
    host.replaceChildren(root);
    return root;
  }

  window.labWidgets.descent = { START: START, path: path, factors: factors, mount: mount };
  c.mountAll("descent", mount);
})();
