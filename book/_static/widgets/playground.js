/* The playground of week 1: train a small network on a toy set, then train twenty.
 *
 * A classic script: no modules, no network, so it works from file:// too; it needs controls.js.
 * The rules are those of the chapter's replica: two inputs, hidden layers with one activation, a
 * tanh output, targets -1 and +1, loss 1/2 (y - t)^2 averaged over rows, batches of 10 in a fixed
 * order, weights uniform in (-0.5, 0.5), biases 0.1, penalties divided by the batch size. The
 * numbers come from a generator of its own, so its seeds aren't NumPy's seeds.
 */
(function () {
  "use strict";

  var ui = window.labWidgets.controls;

  /* ------------------------------------------------------------ random numbers */

  /* Mulberry32, a generator with 32 bits of state; `stream` keeps the draws of one seed apart. */
  function random(seed, stream) {
    var state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul((stream || 0) + 1, 0x85ebca6b)) | 0;
    return function () {
      state = (state + 0x6d2b79f5) | 0;
      var t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  function uniform(rng, low, high) { return low + (high - low) * rng(); }

  /* Box and Muller: a normal draw from two uniform ones; 1 - u is never 0. */
  function normal(rng) {
    return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
  }

  /* ------------------------------------------------------------ the toy sets */

  var DRAW = {
    circle: function (i, n, noise, rng) {
      var r = i < n / 2 ? uniform(rng, 0, 2.5) : uniform(rng, 3.5, 5);
      var angle = uniform(rng, 0, 2 * Math.PI);
      var x = [r * Math.sin(angle), r * Math.cos(angle)];
      var moved = shifted(x, 5 * noise, rng);
      return [x, Math.hypot(moved[0], moved[1]) < 2.5 ? 1 : -1];
    },
    xor: function (i, n, noise, rng) {
      var x = [0, 1].map(function () {
        var u = uniform(rng, -5, 5);
        return u + (u > 0 ? 0.3 : -0.3);
      });
      var moved = shifted(x, 5 * noise, rng);
      return [x, moved[0] * moved[1] >= 0 ? 1 : -1];
    },
    gauss: function (i, n, noise, rng) {
      var y = i < n / 2 ? 1 : -1;
      var sd = Math.sqrt(0.5 + 7 * noise);
      return [[2 * y + sd * normal(rng), 2 * y + sd * normal(rng)], y];
    },
    spiral: function (i, n, noise, rng) {
      var y = i < n / 2 ? 1 : -1;
      var share = (i % (n / 2)) / (n / 2);
      var angle = 3.5 * Math.PI * share + (y > 0 ? 0 : Math.PI);
      return [shifted([5 * share * Math.sin(angle), 5 * share * Math.cos(angle)], noise, rng), y];
    }
  };

  function shifted(x, r, rng) {
    return [x[0] + uniform(rng, -r, r), x[1] + uniform(rng, -r, r)];
  }

  /* Rows {x: [[x1, x2], ...], y: [-1 or 1, ...]} of a set, in random order; n is even. */
  function generate(name, n, noise, rng) {
    var rows = [];
    for (var i = 0; i < n; i += 1) { rows.push(DRAW[name](i, n, noise, rng)); }
    for (i = n - 1; i > 0; i -= 1) {
      var j = Math.floor(rng() * (i + 1));
      var kept = rows[i];
      rows[i] = rows[j];
      rows[j] = kept;
    }
    return { x: rows.map(function (row) { return row[0]; }),
      y: rows.map(function (row) { return row[1]; }) };
  }

  /* ------------------------------------------------------------ the network */

  /* {activation, layers: [{d, k, w, b}, ...]} for hidden widths such as [3, 3, 2]; w holds the
   * d x k weights row by row: the weight from input j to unit m is w[j * k + m]. */
  function init(widths, rng, activation) {
    var sizes = [2].concat(widths, 1);
    return { activation: activation || "relu", layers: sizes.slice(1).map(function (k, l) {
      var w = [], b = [];
      for (var i = 0; i < sizes[l] * k; i += 1) { w.push(uniform(rng, -0.5, 0.5)); }
      for (i = 0; i < k; i += 1) { b.push(0.1); }
      return { d: sizes[l], k: k, w: w, b: b };
    }) };
  }

  function activate(kind, u) {
    if (kind === "relu") { return u > 0 ? u : 0; }
    if (kind === "tanh") { return Math.tanh(u); }
    if (kind === "sigmoid") { return 1 / (1 + Math.exp(-u)); }
    return u;
  }

  /* The slope of the activation, written in terms of its output a. */
  function slope(kind, a) {
    if (kind === "relu") { return a > 0 ? 1 : 0; }
    if (kind === "tanh") { return 1 - a * a; }
    if (kind === "sigmoid") { return a * (1 - a); }
    return 1;
  }

  /* The outputs of every layer for one row, written into `into`, an array per layer. */
  function outputs(net, x, into) {
    var a = x;
    for (var l = 0; l < net.layers.length; l += 1) {
      var layer = net.layers[l], out = into[l], k = layer.k;
      var kind = l === net.layers.length - 1 ? "tanh" : net.activation;
      for (var m = 0; m < k; m += 1) {
        var u = layer.b[m];
        for (var j = 0; j < layer.d; j += 1) { u += a[j] * layer.w[j * k + m]; }
        out[m] = activate(kind, u);
      }
      a = out;
    }
    return a[0];
  }

  function zeros(count) { return new Float64Array(count); }

  function blank(net) { return net.layers.map(function (layer) { return zeros(layer.k); }); }

  /* Room for the outputs, error signals and gradients of nets of one shape, used again and again. */
  var spaces = {};
  function space(net) {
    var key = net.layers.map(function (layer) { return layer.k; }).join();
    spaces[key] = spaces[key] || { a: blank(net), deltas: blank(net), grads: gradientRoom(net) };
    return spaces[key];
  }

  function gradientRoom(net) {
    return net.layers.map(function (layer) {
      return { w: zeros(layer.d * layer.k), b: zeros(layer.k) };
    });
  }

  /* The net's output at one point, between -1 and 1. */
  function forward(net, x) { return outputs(net, x, blank(net)); }

  /* The mean of 1/2 (y - t)^2 over the rows. */
  function loss(net, rows) {
    var into = blank(net), sum = 0;
    for (var i = 0; i < rows.y.length; i += 1) {
      var miss = outputs(net, rows.x[i], into) - rows.y[i];
      sum += 0.5 * miss * miss;
    }
    return sum / rows.y.length;
  }

  /* The derivatives of that mean: [{w, b}, ...] in the order of the layers; the arrays are
   * overwritten by the next call. */
  function gradients(net, rows) {
    var n = rows.y.length, last = net.layers.length - 1, room = space(net);
    var a = room.a, deltas = room.deltas, grads = room.grads;
    grads.forEach(function (grad) {
      grad.w.fill(0);
      grad.b.fill(0);
    });
    for (var i = 0; i < n; i += 1) {
      var y = outputs(net, rows.x[i], a);
      deltas[last][0] = (y - rows.y[i]) * (1 - y * y) / n; // dC/dz of the output
      for (var l = last; l >= 0; l -= 1) {
        var layer = net.layers[l], grad = grads[l], delta = deltas[l], k = layer.k;
        var below = l ? a[l - 1] : rows.x[i];
        for (var m = 0; m < k; m += 1) { grad.b[m] += delta[m]; }
        for (var j = 0; j < layer.d; j += 1) {
          var back = 0;
          for (m = 0; m < k; m += 1) {
            grad.w[j * k + m] += below[j] * delta[m];
            back += delta[m] * layer.w[j * k + m];
          }
          if (l) { deltas[l - 1][j] = back * slope(net.activation, below[j]); }
        }
      }
    }
    return grads;
  }

  /* One step down the mean loss of a batch; changes the net in place. reg is {l1, l2}. The
   * playground adds its penalty to the sum over the batch, hence the division by its rows. */
  function trainBatch(net, rows, rate, reg) {
    var grads = gradients(net, rows), n = rows.y.length;
    var l1 = (reg && reg.l1 || 0) / n, l2 = (reg && reg.l2 || 0) / n;
    net.layers.forEach(function (layer, l) {
      var w = layer.w, b = layer.b, grad = grads[l];
      for (var i = 0; i < w.length; i += 1) {
        w[i] -= rate * (grad.w[i] + l1 * Math.sign(w[i]) + l2 * w[i]);
      }
      for (var m = 0; m < b.length; m += 1) { b[m] -= rate * grad.b[m]; }
    });
    return net;
  }

  /* Rows cut into batches of 10, in their order. */
  function batches(rows) {
    var cut = [];
    for (var i = 0; i < rows.y.length; i += 10) {
      cut.push({ x: rows.x.slice(i, i + 10), y: rows.y.slice(i, i + 10) });
    }
    return cut;
  }

  /* One pass over the batches. */
  function trainEpoch(net, cut, rate, reg) {
    for (var i = 0; i < cut.length; i += 1) { trainBatch(net, cut[i], rate, reg); }
    return net;
  }

  /* Wilson's 95 % interval for a share of hits among n. */
  function wilson(hits, n) {
    var p = hits / n, s = 1.959964 * 1.959964 / n;
    var half = Math.sqrt(s * p * (1 - p) + s * s / 4);
    return [Math.max(0, (p + s / 2 - half) / (1 + s)), Math.min(1, (p + s / 2 + half) / (1 + s))];
  }

  /* ------------------------------------------------------------ a run */

  var ROWS = 500, TEST_ROWS = 5000, SEEDS = 20, KEPT = 4;
  var START = { set: "xor", noise: 25, widths: [3], activation: "relu", rate: 0.03, penalty: "l2",
    strength: 0, epochs: 500, seed: 1 };
  var SETS = [["circle", "Circle"], ["xor", "XOR"], ["gauss", "Gauss"], ["spiral", "Spiral"]];
  var ACTIVATIONS = [["relu", "ReLU"], ["tanh", "tanh"], ["sigmoid", "sigmoid"],
    ["linear", "linear"]];
  var RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
  var STRENGTHS = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

  /* Fresh rows to judge by, the same for every seed; drawn once for each set and noise. */
  var judged = {};
  function testRows(set, noise) {
    var key = set + noise;
    judged[key] = judged[key] || generate(set, TEST_ROWS, noise / 100, random(0, 2));
    return judged[key];
  }

  /* A seed stands for its own rows and its own first weights. */
  function newRun(settings, seed) {
    var drawn = generate(settings.set, ROWS, settings.noise / 100, random(seed, 0));
    var train = { x: drawn.x.slice(0, ROWS / 2), y: drawn.y.slice(0, ROWS / 2) };
    return { net: init(settings.widths, random(seed, 1), settings.activation), train: train,
      batches: batches(train), test: testRows(settings.set, settings.noise), rate: settings.rate,
      reg: settings.penalty === "l1" ? { l1: settings.strength } : { l2: settings.strength },
      epoch: 0, curve: [] };
  }

  function advance(run) {
    trainEpoch(run.net, run.batches, run.rate, run.reg);
    run.epoch += 1;
  }

  function measure(run) {
    run.curve.push([loss(run.net, run.train), loss(run.net, run.test)]);
  }

  function nameOf(list, key) {
    return list.filter(function (pair) { return pair[0] === key; })[0][1];
  }

  function describe(settings) {
    var net = settings.widths.length
      ? settings.widths.join("-") + " " + nameOf(ACTIVATIONS, settings.activation)
      : "no hidden layer";
    var rest = nameOf(SETS, settings.set) + ", noise " + settings.noise + " %, rate " +
      settings.rate + ", " + settings.epochs + " epochs";
    if (settings.strength) {
      rest += ", " + settings.penalty.toUpperCase() + " " + settings.strength;
    }
    return { net: net, rest: rest };
  }

  /* ------------------------------------------------------------ pictures */

  var SIDE = 6, CELLS = 72;

  /* The sides of grid cells where the output changes its sign, as short segments. */
  function boundary(values, count) {
    var segments = [];
    function crossing(i, j, di, dj) {
      var here = values[j * count + i], there = values[(j + dj) * count + i + di];
      var t = here / (here - there);
      return [i + t * di, j + t * dj];
    }
    for (var j = 0; j < count - 1; j += 1) {
      for (var i = 0; i < count - 1; i += 1) {
        var s = [values[j * count + i] >= 0, values[j * count + i + 1] >= 0,
          values[(j + 1) * count + i + 1] >= 0, values[(j + 1) * count + i] >= 0];
        var cuts = [];
        if (s[0] !== s[1]) { cuts.push(crossing(i, j, 1, 0)); }
        if (s[1] !== s[2]) { cuts.push(crossing(i + 1, j, 0, 1)); }
        if (s[3] !== s[2]) { cuts.push(crossing(i, j + 1, 1, 0)); }
        if (s[0] !== s[3]) { cuts.push(crossing(i, j, 0, 1)); }
        for (var c = 0; c + 1 < cuts.length; c += 2) { segments.push([cuts[c], cuts[c + 1]]); }
      }
    }
    return segments;
  }

  function rgb(hex) {
    var full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
    return [1, 3, 5].map(function (at) { return parseInt(full.slice(at, at + 2), 16); });
  }

  /* A marker: a triangle for +1, a dot for -1. */
  function mark(ctx, x, y, label, r) {
    ctx.beginPath();
    if (label > 0) {
      ctx.moveTo(x, y - 1.2 * r);
      ctx.lineTo(x + 1.15 * r, y + 0.9 * r);
      ctx.lineTo(x - 1.15 * r, y + 0.9 * r);
      ctx.closePath();
    } else {
      ctx.arc(x, y, r, 0, 2 * Math.PI);
    }
    ctx.fill();
    ctx.stroke();
  }

  /* Shading by output, the line where it is 0, signs in the regions, and the training rows. */
  function drawRegions(canvas, run, colours) {
    var ratio = window.devicePixelRatio || 1, size = canvas.clientWidth;
    if (!size) { return; }
    var left = 30, top = 4, plot = size - left - 6, height = top + plot + 24;
    if (canvas.width !== Math.round(size * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(size * ratio);
      canvas.height = Math.round(height * ratio);
    }
    var ctx = canvas.getContext("2d");
    var into = blank(run.net), values = zeros(CELLS * CELLS), step = 2 * SIDE / (CELLS - 1);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, size, height);
    function px(x) { return left + (x + SIDE) / (2 * SIDE) * plot; }
    function py(y) { return top + (SIDE - y) / (2 * SIDE) * plot; }

    var shade = document.createElement("canvas");
    shade.width = shade.height = CELLS;
    var image = shade.getContext("2d").createImageData(CELLS, CELLS);
    var plus = rgb(colours.plus), minus = rgb(colours.minus);
    for (var j = 0; j < CELLS; j += 1) {
      for (var i = 0; i < CELLS; i += 1) {
        var at = j * CELLS + i;
        var y = outputs(run.net, [-SIDE + i * step, SIDE - j * step], into);
        var tint = y >= 0 ? plus : minus;
        values[at] = y;
        image.data[4 * at] = tint[0];
        image.data[4 * at + 1] = tint[1];
        image.data[4 * at + 2] = tint[2];
        image.data[4 * at + 3] = 105 * Math.min(1, Math.abs(y));
      }
    }
    shade.getContext("2d").putImageData(image, 0, 0);
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, plot, plot);
    ctx.clip();
    ctx.drawImage(shade, left, top, plot, plot);

    ctx.strokeStyle = colours.ground;
    ctx.lineWidth = 1;
    var r = Math.max(2.6, plot / 110);
    run.train.y.forEach(function (label, row) {
      ctx.fillStyle = label > 0 ? colours.plus : colours.minus;
      mark(ctx, px(run.train.x[row][0]), py(run.train.x[row][1]), label, r);
    });

    ctx.strokeStyle = colours.ink;
    ctx.lineWidth = 2;
    ctx.beginPath();
    boundary(values, CELLS).forEach(function (segment) {
      segment.forEach(function (corner, end) {
        var x = px(-SIDE + corner[0] * step), y = py(SIDE - corner[1] * step);
        if (end) { ctx.lineTo(x, y); } else { ctx.moveTo(x, y); }
      });
    });
    ctx.stroke();

    ctx.font = "600 15px system-ui, sans-serif";
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineWidth = 3;
    ctx.strokeStyle = colours.ground;
    ctx.fillStyle = colours.ink;
    [[-5.55, -5.55], [-5.55, 5.55], [5.55, -5.55], [5.55, 5.55], [0, 0]].forEach(function (x) {
      var y = outputs(run.net, x, into);
      if (Math.abs(y) < 0.3) { return; }
      ctx.strokeText(y > 0 ? "+" : "\u2212", px(x[0]), py(x[1]));
      ctx.fillText(y > 0 ? "+" : "\u2212", px(x[0]), py(x[1]));
    });
    ctx.restore();

    ctx.strokeStyle = colours.edge;
    ctx.lineWidth = 1;
    ctx.strokeRect(left + 0.5, top + 0.5, plot - 1, plot - 1);
    ctx.fillStyle = colours.ink;
    ctx.font = "13px system-ui, sans-serif";
    [-5, 0, 5].forEach(function (tick) {
      ctx.textAlign = "center";
      ctx.fillText(ui.number(tick, 0), px(tick), top + plot + 12);
      ctx.textAlign = "right";
      ctx.fillText(ui.number(tick, 0), left - 5, py(tick));
    });
    ctx.textAlign = "center";
    ctx.fillText("x\u2081", px(2.5), top + plot + 12);
    ctx.textAlign = "right";
    ctx.fillText("x\u2082", left - 5, py(2.5));
  }

  function rightSide(run) {
    return run.train.y.filter(function (y, i) {
      return forward(run.net, run.train.x[i]) * y > 0;
    }).length;
  }

  /* Training loss solid, test loss dashed, the target dotted; each with its name beside it. */
  function drawCurve(svg, run, epochs, target) {
    var width = Math.max(220, svg.clientWidth), height = 250;
    var left = 34, right = 62, top = 8, bottom = 38;
    var high = 0.6, most = Math.max(epochs, run.epoch);
    run.curve.forEach(function (pair) { high = Math.max(high, pair[0], pair[1]); });
    high = Math.ceil(high * 5) / 5;
    function px(e) { return left + e / most * (width - left - right); }
    function py(c) { return top + (1 - c / high) * (height - top - bottom); }
    svg.setAttribute("viewBox", "0 0 " + width + " " + height);
    svg.replaceChildren();
    for (var tick = 0; tick <= high + 1e-9; tick += high > 1 ? 0.5 : 0.2) {
      svg.append(shapeLine(left, py(tick), width - right, py(tick), "var(--lw-line)"),
        ui.shape("text", { x: left - 6, y: py(tick) + 4, "text-anchor": "end" },
          tick.toFixed(1)));
    }
    [0, most / 2, most].forEach(function (e) {
      svg.append(ui.shape("text", { x: px(e), y: height - bottom + 17, "text-anchor": "middle" },
        String(Math.round(e))));
    });
    svg.append(ui.shape("text", { x: (left + width - right) / 2, y: height - 4,
      "text-anchor": "middle", "class": "lw-quiet" }, "epoch"));
    var dotted = shapeLine(left, py(target), width - right, py(target), "var(--lw-edge)");
    dotted.setAttribute("stroke-dasharray", "1.5 4");
    dotted.setAttribute("stroke-width", "2");
    svg.append(dotted);

    var thin = Math.max(1, Math.ceil(run.curve.length / 400));
    [["training", "var(--lw-quiet)", "none"], ["test", "var(--lw-second)", "7 4"]].forEach(
      function (line, which) {
        var points = run.curve.map(function (pair, e) {
          return px(e).toFixed(1) + "," + py(Math.min(pair[which], high)).toFixed(1);
        }).filter(function (point, e) { return e % thin === 0 || e === run.epoch; });
        svg.append(ui.shape("polyline", { points: points.join(" "), fill: "none", stroke: line[1],
          "stroke-width": 2.2, "stroke-dasharray": line[2], "stroke-linejoin": "round",
          "data-line": line[0] }));
      });
    var end = run.curve[run.curve.length - 1];
    var at = [py(end[0]), py(end[1]), py(target)];
    spread(at, 15).forEach(function (y, which) {
      svg.append(ui.shape("text", { x: width - right + 6, y: y + 4,
        style: "fill:var(" + ["--lw-ink", "--lw-second", "--lw-quiet"][which] + ")" },
      ["training", "test", "target"][which]));
    });
    svg.setAttribute("aria-label", "Loss by epoch. Training from " + ui.number(run.curve[0][0], 3) +
      " to " + ui.number(end[0], 3) + ", test from " + ui.number(run.curve[0][1], 3) + " to " +
      ui.number(end[1], 3) + " at epoch " + run.epoch + ".");
  }

  function shapeLine(x1, y1, x2, y2, stroke) {
    return ui.shape("line", { x1: x1, y1: y1, x2: x2, y2: y2, stroke: stroke });
  }

  /* Push labels apart until each has its room, keeping their order. */
  function spread(heights, room) {
    var order = heights.map(function (y, i) { return i; })
      .sort(function (a, b) { return heights[a] - heights[b]; });
    var placed = heights.slice();
    for (var pass = 0; pass < 20; pass += 1) {
      for (var i = 1; i < order.length; i += 1) {
        var gap = placed[order[i]] - placed[order[i - 1]];
        if (gap < room) {
          placed[order[i]] += (room - gap) / 2;
          placed[order[i - 1]] -= (room - gap) / 2;
        }
      }
    }
    return placed;
  }

  /* A dot for every run, stacked where losses agree; filled if it reaches the target. */
  function drawStrip(svg, losses, target, name) {
    var width = Math.max(220, svg.clientWidth), left = 12, right = 12, room = 9, stacks = {};
    var high = Math.max(0.6, Math.ceil(Math.max.apply(null, losses.concat(0)) * 5) / 5);
    var sorted = losses.slice().sort(function (a, b) { return a - b; });
    function px(c) { return left + c / high * (width - left - right); }
    var dots = sorted.map(function (value) { // columns as wide as a dot; the target is an edge
      var hit = value <= target, column = Math.floor((px(value) - px(target)) / room);
      column = hit ? Math.min(column, -1) : column;
      stacks[column] = (stacks[column] || 0) + 1;
      return { x: px(target) + (column + 0.5) * room, level: stacks[column], hit: hit };
    });
    var base = 24 + room * Math.max(7, Math.max.apply(null, Object.values(stacks).concat(0)));
    svg.setAttribute("viewBox", "0 0 " + width + " " + (base + 26));
    svg.replaceChildren(shapeLine(left, base + 0.5, width - right, base + 0.5, "var(--lw-edge)"));
    for (var tick = 0; tick <= high + 1e-9; tick += high > 1 ? 0.5 : 0.1) {
      svg.append(shapeLine(px(tick), base, px(tick), base + 5, "var(--lw-edge)"),
        ui.shape("text", { x: px(tick), y: base + 19, "text-anchor": "middle" }, tick.toFixed(1)));
    }
    var line = shapeLine(px(target), 4, px(target), base, "var(--lw-edge)");
    line.setAttribute("stroke-dasharray", "1.5 4");
    line.setAttribute("stroke-width", "2");
    svg.append(line, ui.shape("text", { x: px(target) + 6, y: 15, "class": "lw-quiet" },
      "target " + target), ui.shape("text", { x: width - right, y: base - 6, "text-anchor": "end",
      "class": "lw-quiet" }, "test loss"));
    dots.forEach(function (dot) {
      svg.append(ui.shape("circle", { cx: dot.x, cy: base + 3 - room * dot.level, r: 3.6,
        fill: dot.hit ? "var(--lw-accent)" : "none",
        stroke: dot.hit ? "var(--lw-accent)" : "var(--lw-ink)", "stroke-width": 1.5 }));
    });
    svg.setAttribute("aria-label", name + ": test loss at the end of each run, from 0 to " +
      high.toFixed(1) + ". " + (losses.length ? "The runs end at " +
      sorted.map(function (value) { return value.toFixed(2); }).join(", ") + "." : "No run has ended yet."));
  }

  /* ------------------------------------------------------------ the page */

  var STYLE =
    ".lw [hidden]{display:none!important}" +
    ".lw .pg-buttons{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin-bottom:.9rem}" +
    ".lw .pg-buttons .pg-start{min-width:6.2rem}" +
    ".lw .pg-buttons label.lw-control{grid-template-columns:auto 5rem;margin-left:auto}" +
    ".lw .pg-pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));" +
    "gap:1rem 1.4rem;align-items:start}" +
    ".lw .pg-pictures>*{min-width:0}" +
    ".lw canvas{height:auto}" +
    ".lw .pg-legend{font-size:.8rem;color:var(--lw-quiet);padding-left:30px}" +
    ".lw .pg-legend b{font-weight:600}.lw .pg-minus{color:var(--lw-minus)}" +
    ".lw .pg-plus{color:var(--lw-plus)}" +
    ".lw dl.pg-values{display:grid;grid-template-columns:repeat(3,auto);gap:0 1rem;margin:0 0 .6rem;" +
    "justify-content:space-between}" +
    ".lw dl.pg-values div{display:block}.lw dl.pg-values dt{font-size:.8rem;font-weight:400;" +
    "color:var(--lw-quiet)}" +
    ".lw dl.pg-values dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}" +
    ".lw .pg-status{min-height:1.5em;margin:.7rem 0 0}" +
    ".lw .pg-settings{display:grid;grid-template-columns:repeat(auto-fit,minmax(16rem,1fr));" +
    "gap:.9rem 2rem;margin:1rem 0 0;padding:1rem 0 0;border-top:1px solid var(--lw-line)}" +
    ".lw .pg-many{margin:1rem 0 0;padding:1rem 0 0;border-top:1px solid var(--lw-line)}" +
    ".lw .pg-unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}" +
    ".lw .pg-many ol{list-style:none;margin:.6rem 0 0;padding:0}" +
    ".lw .pg-many li{margin:0 0 1.1rem}" +
    ".lw .pg-many li label.lw-control{grid-template-columns:auto minmax(0,14rem);" +
    "justify-content:start;margin-top:.2rem}" +
    "@media(max-width:480px){.lw.pg{padding:.7rem}.lw .pg-buttons button{padding:.35rem .6rem}" +
    ".lw .pg-buttons .pg-start{min-width:4.6rem}" +
    ".lw .pg-buttons label.lw-control{grid-template-columns:auto 4.4rem}}";

  function mount(host) {
    if (!document.getElementById("pg-style")) {
      document.head.append(ui.element("style", { id: "pg-style" }, STYLE));
    }
    var settings = JSON.parse(JSON.stringify(START)), target = 0.177;
    var run, goal, job = 0, doing = "", groups = [];

    var root = ui.element("div", { "class": "lw pg", role: "group",
      "aria-label": "Playground: train a small network on a toy set" });

    /* --- controls --- */
    function changed() {
      settings.widths = units.slice(0, layers.get()).map(function (unit) { return unit.get(); });
      units.forEach(function (unit, l) { unit.node.hidden = l >= layers.get(); });
      reset();
    }
    function setting(key, make, spec) {
      spec.name = key;
      spec.value = settings[key];
      spec.onInput = function (value) {
        settings[key] = value;
        changed();
      };
      return make(spec);
    }
    var controls = {
      set: setting("set", ui.choice, { label: "set", options: SETS }),
      noise: setting("noise", ui.slider, { label: "noise", min: 0, max: 50, step: 5,
        text: function (v) { return v + " %"; } }),
      activation: setting("activation", ui.choice, { label: "activation", options: ACTIVATIONS }),
      rate: setting("rate", ui.slider, { label: "learning rate", values: RATES }),
      penalty: setting("penalty", ui.choice, { label: "penalty",
        options: [["l2", "L2, on the squares"], ["l1", "L1, on the sizes"]] }),
      strength: setting("strength", ui.slider, { label: "penalty rate", values: STRENGTHS }),
      epochs: setting("epochs", ui.slider, { label: "epochs", values: [100, 200, 500, 1000, 2000] }),
      seed: setting("seed", ui.field, { label: "seed", min: 0, max: 999999, step: 1 })
    };
    var layers = ui.slider({ name: "layers", label: "hidden layers", min: 0, max: 3, step: 1,
      value: 1, onInput: changed });
    var units = [1, 2, 3].map(function (l) {
      return ui.slider({ name: "units" + l, label: "units in layer " + l, min: 1, max: 8, step: 1,
        value: 3, onInput: changed });
    });
    function group(name) {
      var box = ui.element("fieldset", {}, ui.element("legend", {}, name));
      for (var i = 1; i < arguments.length; i += 1) { box.append(arguments[i].node); }
      return box;
    }

    /* --- the row of buttons, the pictures, the numbers --- */
    var start = ui.button("start", "Start", function () { if (doing) { pause(); } else { go(); } });
    start.className = "lw-first pg-start";
    var buttons = ui.element("div", { "class": "pg-buttons" }, start,
      ui.button("step", "Step", function () {
        stop();
        var went = one();
        draw();
        if (went) { say("Paused at"); }
      }),
      ui.button("reset", "Reset", function () { reset(); }), controls.seed.node);

    var canvas = ui.element("canvas", { role: "img" });
    var curve = ui.shape("svg", { role: "img" });
    var values = {};
    var list = ui.element("dl", { "class": "pg-values" });
    [["epoch", "epoch"], ["train", "training loss"], ["test", "test loss"]].forEach(function (v) {
      values[v[0]] = ui.element("dd", { "data-value": v[0] });
      list.append(ui.element("div", {}, ui.element("dt", {}, v[1]), values[v[0]]));
    });
    var pictures = ui.element("div", { "class": "pg-pictures" },
      ui.element("div", {}, canvas, ui.element("p", { "class": "pg-legend" },
        ui.element("b", { "class": "pg-plus" }, "\u25b2"), " target +1, ",
        ui.element("b", { "class": "pg-minus" }, "\u25cf"),
        " target \u22121. Line: output 0; + and \u2212: its sign.")),
      ui.element("div", {}, list, curve));
    var status = ui.element("p", { "class": "pg-status", role: "status", "aria-live": "polite" });

    /* --- twenty seeds --- */
    var many = ui.button("many", "Run 20 seeds", function () {
      if (doing === "many") { pause(); } else { twenty(); }
    });
    var goalField = ui.field({ name: "target", label: "target", min: 0, max: 2, step: 0.001,
      value: target, onInput: function (value) {
        target = value;
        draw();
        groups.forEach(drawGroup);
      } });
    var manyStatus = ui.element("p", { "class": "pg-unseen", role: "status",
      "aria-live": "polite" }); // for screen readers: the rows of results say the same
    var results = ui.element("ol", {});
    root.append(buttons, pictures, status,
      ui.element("div", { "class": "pg-settings" },
        group("Data", controls.set, controls.noise),
        group("Network", layers, units[0], units[1], units[2], controls.activation),
        group("Training, in batches of 10", controls.rate, controls.epochs),
        group("Penalty on the weights", controls.penalty, controls.strength)),
      ui.element("div", { "class": "pg-many" },
        ui.element("div", { "class": "pg-buttons" }, many, goalField.node),
        ui.element("p", { "class": "lw-quiet" }, "Trains the network above with its seed and the " +
          "next 19. A dot is the loss on 5,000 fresh rows at the end of a run, filled if it " +
          "reaches the target. The seeds aren't those of the lab."),
        manyStatus, results));

    /* --- what happens --- */
    function say(how) {
      var now = run.curve[run.curve.length - 1];
      status.textContent = how + " epoch " + run.epoch + ": test loss " +
        ui.number(now[1], 3) + ", " + (now[1] <= target ? "the target " + target + " is reached; "
        : "above the target " + target + "; ") + rightSide(run) + " of " + run.train.y.length +
        " training rows on the right side.";
    }

    function one() {
      advance(run);
      measure(run);
      if (!isFinite(run.curve[run.curve.length - 1][0])) {
        run.curve.pop();
        run.epoch -= 1;
        stop();
        status.textContent = "The weights have overflowed. Reset, with a smaller learning rate.";
        return false;
      }
      return true;
    }

    function draw() {
      var now = run.curve[run.curve.length - 1];
      root.dataset.epoch = String(run.epoch);
      root.dataset.train = String(now[0]);
      root.dataset.test = String(now[1]);
      root.dataset.state = doing || "paused";
      values.epoch.textContent = String(run.epoch);
      values.train.textContent = ui.number(now[0], 3);
      values.test.textContent = ui.number(now[1], 3);
      start.textContent = doing === "run" || doing === "quiet" ? "Pause"
        : ui.calm() ? "Train" : "Start";
      many.textContent = doing === "many" ? "Stop" : "Run 20 seeds";
      drawRegions(canvas, run, ui.colours(root));
      canvas.setAttribute("aria-label", "Training rows between \u22126 and 6 on the sign of the " +
        "network's output; " + rightSide(run) + " of " + run.train.y.length +
        " rows lie on the right side.");
      drawCurve(curve, run, goal, target);
    }

    /* End whatever goes on; twenty runs that are cut short keep those that have ended. */
    function stop() {
      var was = doing, group = groups[0];
      cancelAnimationFrame(job);
      doing = "";
      if (was !== "many") { return; }
      manyStatus.textContent = describe(group.settings).net + ": " + (group.losses.length
        ? summary(group) : "no run has ended.");
      if (group.losses.length) {
        drawGroup(group);
      } else {
        groups.shift().node.remove();
      }
    }

    function pause() {
      var was = doing;
      stop();
      draw();
      if (was !== "many") { say("Paused at"); }
    }

    function reset() {
      stop();
      run = newRun(settings, settings.seed);
      goal = settings.epochs;
      measure(run);
      draw();
      say("Ready at");
    }

    /* Train to the next multiple of the chosen epochs: some epochs a frame, and a picture each. A
     * reader who asked for less motion gets one picture, at the end. */
    function go(quietly) {
      goal = settings.epochs * (Math.floor(run.epoch / settings.epochs) + 1);
      doing = quietly || ui.calm() ? "quiet" : "run";
      var each = doing === "quiet" ? Infinity : Math.ceil(settings.epochs / 300);
      status.textContent = "Training to epoch " + goal + ".";
      draw();
      (function frame() {
        job = requestAnimationFrame(function () {
          var until = performance.now() + 14, count = 0;
          while (run.epoch < goal && count < each && performance.now() < until) {
            if (!one()) {
              draw();
              return;
            }
            count += 1;
          }
          if (run.epoch >= goal) {
            stop();
            draw();
            say("Trained to");
          } else {
            if (doing === "run") { draw(); }
            frame();
          }
        });
      })();
    }

    /* Train this seed and the next 19; no picture of each, only where it ended. */
    function twenty() {
      stop();
      var mine = JSON.parse(JSON.stringify(settings));
      var group = { settings: mine, losses: [] };
      doing = "many";
      addGroup(group);
      draw();
      manyStatus.textContent = "Training 20 networks.";
      var current = null;
      (function frame() {
        job = requestAnimationFrame(function () {
          var until = performance.now() + 14, ended = false;
          while (!ended && performance.now() < until) {
            current = current || newRun(mine, mine.seed + group.losses.length);
            advance(current);
            ended = current.epoch >= mine.epochs;
          }
          if (ended) {
            var end = loss(current.net, current.test);
            group.losses.push(isFinite(end) ? end : 2); // overflowed: the worst loss there is
            current = null;
            if (!ui.calm()) { drawGroup(group); }
          }
          if (group.losses.length < SEEDS) {
            frame();
          } else {
            stop();
            draw();
          }
        });
      })();
    }

    function summary(group) {
      var hits = group.losses.filter(function (value) { return value <= target; }).length;
      var n = group.losses.length, interval = wilson(hits, n);
      return hits + " of " + n + " runs reach " + target + " (95 % interval of the share " +
        interval[0].toFixed(2) + " to " + interval[1].toFixed(2) + ").";
    }

    function addGroup(group) {
      var told = describe(group.settings), first = group.settings.seed;
      group.svg = ui.shape("svg", { role: "img" });
      group.text = ui.element("p", {});
      group.look = ui.choice({ name: "look", label: "show a run", options: [["", "choose"]],
        value: "", onInput: function (seed) { if (seed !== "") { show(group, Number(seed)); } } });
      group.look.node.hidden = true;
      group.node = ui.element("li", {}, ui.element("p", {}, ui.element("b", {}, told.net),
        ui.element("span", { "class": "lw-quiet" }, " \u00b7 " + told.rest + ", seeds " + first +
        " to " + (first + SEEDS - 1))), group.svg, group.text, group.look.node);
      groups.unshift(group);
      results.prepend(group.node);
      groups.splice(KEPT).forEach(function (old) { old.node.remove(); });
      drawGroup(group);
    }

    function drawGroup(group) {
      drawStrip(group.svg, group.losses, target, describe(group.settings).net);
      group.node.dataset.losses = JSON.stringify(group.losses);
      group.text.textContent = group.losses.length ? summary(group) : "";
      if (doing !== "many") {
        var first = group.settings.seed;
        var order = group.losses.map(function (value, i) { return i; })
          .sort(function (a, b) { return group.losses[a] - group.losses[b]; });
        group.look.input.replaceChildren(ui.element("option", { value: "" }, "best first"));
        order.forEach(function (i) {
          group.look.input.append(ui.element("option", { value: first + i },
            "seed " + (first + i) + ", test loss " + group.losses[i].toFixed(3)));
        });
        group.look.node.hidden = !order.length;
      }
    }

    /* Bring back the settings of a row of results, with one of its seeds, trained to its end. */
    function show(group, seed) {
      settings = JSON.parse(JSON.stringify(group.settings));
      settings.seed = seed;
      Object.keys(controls).forEach(function (key) { controls[key].set(settings[key]); });
      layers.set(settings.widths.length);
      settings.widths.forEach(function (k, l) { units[l].set(k); });
      changed();
      go(true);
    }

    host.replaceChildren(root);
    changed();
    ui.onTheme(draw);
    var width = 0;
    new ResizeObserver(function () {
      if (root.clientWidth !== width) {
        width = root.clientWidth;
        draw();
        groups.forEach(drawGroup);
      }
    }).observe(root);
    return root;
  }

  window.labWidgets.playground = { random: random, generate: generate, init: init,
    forward: forward, loss: loss, gradients: gradients, trainBatch: trainBatch, batches: batches,
    trainEpoch: trainEpoch, wilson: wilson, newRun: newRun, START: START, mount: mount };

  ui.mountAll("playground", mount);
})();
