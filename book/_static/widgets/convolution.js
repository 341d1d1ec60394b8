/* A kernel slides over a picture; behind one output, the pixels that it can see.
 *
 * A classic script: no modules, no network, so it works from file:// too. It takes the place of
 * the fallback inside every element with data-widget="convolution". Nothing moves by itself. As in
 * the frameworks the kernel is not flipped. With several layers the same kernel is applied again,
 * without an activation in between.
 */
(function () {
  "use strict";

  var c = window.labWidgets.controls;
  var N = 12; // pixels a side

  var KERNELS = {
    vertical: { name: "upright edges", w: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]] },
    horizontal: { name: "level edges", w: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]] },
    blur: { name: "blur", w: [[1 / 9, 1 / 9, 1 / 9], [1 / 9, 1 / 9, 1 / 9], [1 / 9, 1 / 9, 1 / 9]] },
    sharpen: { name: "sharpen", w: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]] },
    shift: { name: "one pixel from the right", w: [[0, 0, 0], [0, 0, 1], [0, 0, 0]] }
  };
  var START = { picture: "house", kernel: "vertical", stride: 1, padding: 0, dilation: 1, layers: 1,
    row: 7, column: 1 };

  /* The pictures, values 0 to 1, made by a rule. */
  var PICTURES = {
    house: function (i, j) {
      if (i >= 6) { return i < 11 && j >= 3 && j <= 8 ? (j >= 5 && j <= 6 && i > 7 ? 0.2 : 0.8) : 0; }
      return i >= 1 && Math.abs(j - 5.5) < i ? 1 : 0;
    },
    disc: function (i, j) { return Math.hypot(i - 5.5, j - 5.5) < 4.2 ? 0.9 : 0.1; },
    slope: function (i, j) { return j / (N - 1); }
  };

  function picture(name) {
    var rows = [];
    for (var i = 0; i < N; i += 1) {
      rows.push([]);
      for (var j = 0; j < N; j += 1) { rows[i].push(PICTURES[name](i, j)); }
    }
    return rows;
  }

  /* Output size of a layer on n pixels: floor((n + 2p - d(k - 1) - 1) / s) + 1. */
  function size(n, o) {
    return Math.floor((n + 2 * o.padding - 2 * o.dilation - 1) / o.stride) + 1;
  }

  /* One layer: y[i][j] = sum over a, b of w[a][b] x[i s + a d - p][j s + b d - p]. */
  function convolve(x, w, o) {
    var n = size(x.length, o), y = [];
    for (var i = 0; i < n; i += 1) {
      y.push([]);
      for (var j = 0; j < n; j += 1) {
        var sum = 0;
        for (var a = 0; a < 3; a += 1) {
          for (var b = 0; b < 3; b += 1) {
            var row = x[i * o.stride + a * o.dilation - o.padding];
            var value = row === undefined ? 0 : row[j * o.stride + b * o.dilation - o.padding];
            sum += w[a][b] * (value === undefined ? 0 : value);
          }
        }
        y[i].push(sum);
      }
    }
    return y;
  }

  /* All maps, from the picture to the last layer; layers that have no room left are left out. */
  function maps(o) {
    var all = [picture(o.picture)];
    while (all.length <= o.layers && size(all[all.length - 1].length, o) >= 1) {
      all.push(convolve(all[all.length - 1], KERNELS[o.kernel].w, o));
    }
    return all;
  }

  /* Receptive field r and jump j after each layer: r += d (k - 1) j, j *= s. */
  function fields(o, layers) {
    var r = 1, jump = 1, rows = [];
    for (var l = 0; l < layers; l += 1) {
      r += 2 * o.dilation * jump;
      jump *= o.stride;
      rows.push({ r: r, jump: jump });
    }
    return rows;
  }

  /* First and last input row that output row i of the last layer can see, border included. */
  function seen(i, o, layers) {
    var low = i, high = i;
    for (var l = 0; l < layers; l += 1) {
      low = low * o.stride - o.padding;
      high = high * o.stride - o.padding + 2 * o.dilation;
    }
    return [low, high];
  }

  /* ---------------------------------------------------------------- the page */

  var STYLE =
    ".cvw .cvw-controls{display:grid;gap:.2rem 1.4rem;" +
    "grid-template-columns:repeat(auto-fit,minmax(15rem,1fr))}" +
    ".cvw [role=status]{min-height:6em;margin:.6rem 0}" +
    "@media(max-width:600px){.cvw [role=status]{min-height:10em}}" +
    ".cvw .cvw-plots{display:grid;gap:.8rem;align-items:end;" +
    "grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr))}" +
    ".cvw .cvw-note{font-size:.8rem;color:var(--lw-quiet)}" +
    ".cvw svg.cvw-output{cursor:pointer}";

  var SIDE = 240, EDGE = 2;

  function grey(value, low, high) {
    var share = high > low ? (value - low) / (high - low) : 0.5;
    var tone = Math.round(255 * Math.min(1, Math.max(0, share)));
    return "rgb(" + tone + "," + tone + "," + tone + ")";
  }

  function extent(map) {
    var all = [].concat.apply([], map);
    return [Math.min.apply(null, all), Math.max.apply(null, all)];
  }

  /* A map as squares with a frame of empty ones around it; returns where row i begins. */
  function drawMap(svg, map, border, range) {
    var cell = SIDE / (map.length + 2 * border);
    svg.setAttribute("viewBox", [-EDGE, -EDGE, SIDE + 2 * EDGE, SIDE + 2 * EDGE].join(" "));
    svg.replaceChildren(c.shape("rect", { x: 0, y: 0, width: SIDE, height: SIDE, fill: "none",
      stroke: "var(--lw-line)", "stroke-dasharray": border ? "4 3" : "" }));
    map.forEach(function (row, i) {
      row.forEach(function (value, j) {
        svg.append(c.shape("rect", { x: (j + border) * cell, y: (i + border) * cell,
          width: cell, height: cell, fill: grey(value, range[0], range[1]),
          stroke: "var(--lw-edge)", "stroke-width": 0.4 }));
      });
    });
    return function (i) { return (i + border) * cell; };
  }

  function outline(svg, place, rows, columns, colour) {
    var x = place(columns[0]), y = place(rows[0]);
    svg.append(c.shape("rect", { x: x, y: y, width: place(columns[1] + 1) - x,
      height: place(rows[1] + 1) - y, fill: "none", stroke: colour, "stroke-width": 4 }));
  }

  /* The sum behind one output of one layer, written out; terms with weight 0 are left out. */
  function sum(x, o) {
    var terms = [];
    KERNELS[o.kernel].w.forEach(function (weights, a) {
      weights.forEach(function (weight, b) {
        if (weight === 0) { return; }
        var row = x[o.row * o.stride + a * o.dilation - o.padding] || [];
        var value = row[o.column * o.stride + b * o.dilation - o.padding] || 0;
        terms.push((weight < 0 ? "(" + c.number(weight, 2) + ")" : c.number(weight, 2)) + "\u00b7" +
          c.number(value, 2));
      });
    });
    return terms.join(" + ");
  }

  function mount(host) {
    var o = Object.assign({}, START);
    if (!document.getElementById("cvw-style")) {
      document.head.append(c.element("style", { id: "cvw-style" }, STYLE));
    }
    function change(name, read) {
      return function (value) {
        o[name] = read(value);
        draw();
      };
    }
    function choice(name, label, options) {
      return c.choice({ name: name, label: label, value: o[name], options: options,
        onInput: change(name, String) });
    }
    function slider(name, label, min, max) {
      return c.slider({ name: name, label: label, min: min, max: max, step: 1, value: o[name],
        onInput: change(name, Number) });
    }
    var parts = {
      picture: choice("picture", "picture",
        [["house", "a house"], ["disc", "a disc"], ["slope", "a slope"]]),
      kernel: choice("kernel", "kernel 3\u00d73", Object.keys(KERNELS).map(function (key) {
        return [key, KERNELS[key].name];
      })),
      stride: slider("stride", "stride s", 1, 3),
      padding: slider("padding", "padding p", 0, 2),
      dilation: slider("dilation", "dilation d", 1, 2),
      layers: slider("layers", "layers", 1, 3),
      row: slider("row", "output row", 0, N - 1),
      column: slider("column", "output column", 0, N - 1)
    };
    var status = c.element("p", { role: "status", "aria-live": "polite" });
    var input = c.shape("svg", { role: "img" });
    var output = c.shape("svg", { role: "img", "class": "cvw-output" });
    var controls = c.element("div", { "class": "cvw-controls" });
    Object.keys(parts).forEach(function (key) { controls.append(parts[key].node); });
    var note = c.element("p", { "class": "cvw-note" });
    var root = c.element("div", { "class": "lw cvw", role: "group",
      "aria-label": "A kernel over a picture, and what one output can see" }, controls, status,
    c.element("div", { "class": "cvw-plots" },
      c.element("div", {}, input, c.element("p", { "class": "cvw-note" },
        "The picture; dashed, the border of zeros. Framed: all that the chosen output can see.")),
      c.element("div", {}, output, note)));
    output.addEventListener("click", function (event) {
      var box = output.getBoundingClientRect(), n = Number(root.dataset.size);
      function index(at, from, length) {
        var inside = (at - from) / length * (SIDE + 2 * EDGE) - EDGE;
        return Math.min(n - 1, Math.max(0, Math.floor(inside / SIDE * n)));
      }
      o.row = index(event.clientY, box.top, box.height);
      o.column = index(event.clientX, box.left, box.width);
      draw();
    });

    function draw() {
      var all = maps(o), layers = all.length - 1;
      var last = all[layers], n = last.length;
      o.row = Math.min(o.row, n - 1);
      o.column = Math.min(o.column, n - 1);
      ["row", "column"].forEach(function (key) {
        parts[key].input.max = String(n - 1);
        parts[key].set(o[key]);
      });
      var rows = seen(o.row, o, layers), columns = seen(o.column, o, layers);
      var border = Math.max(0, -seen(0, o, layers)[0]);
      var value = last[o.row][o.column];
      var sizes = all.map(function (map) { return map.length; }).join(" \u2192 ");
      var field = fields(o, layers)[layers - 1];
      status.textContent = "Pixels a side: " + sizes + ". Output (" + o.row + ", " + o.column +
        ") is " + c.number(value, 3) + ". It can see " + field.r + " \u00d7 " + field.r +
        " pixels; its neighbour sees the same, " + field.jump + " further. " +
        (layers === 1 ? "The sum: " + sum(all[0], o) + "." : "") +
        (layers < o.layers ? " For one more layer there is no room." : "");
      var place = drawMap(input, all[0], border, [0, 1]);
      outline(input, place, rows, columns, "var(--lw-plus)");
      input.setAttribute("aria-label", "The picture " + o.picture + "; framed: rows " + rows[0] +
        " to " + rows[1] + ", columns " + columns[0] + " to " + columns[1] + ".");
      var range = extent(last);
      place = drawMap(output, last, 0, range);
      outline(output, place, [o.row, o.row], [o.column, o.column], "var(--lw-plus)");
      output.setAttribute("aria-label", "The map of layer " + layers + ", " + n + " by " + n + ".");
      note.textContent = "The map of layer " + layers + ", from " + c.number(range[0], 2) +
        " (black) to " + c.number(range[1], 2) + " (white). Click on a value to choose it.";
      root.dataset.size = String(n);
      root.dataset.value = String(value);
      root.dataset.field = JSON.stringify([rows, columns]);
    }

    draw();
    host.replaceChildren(root);
    return root;
  }

  window.labWidgets.convolution = { START: START, KERNELS: KERNELS, picture: picture, maps: maps,
    fields: fields, seen: seen, mount: mount };
  c.mountAll("convolution", mount);
})();
