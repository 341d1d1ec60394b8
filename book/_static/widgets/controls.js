/* Labelled controls, colours and number formats that the widgets share.
 *
 * A classic script that the book loads before any widget of a page. A widget finds it as
 * window.labWidgets.controls. Each control shows its value as text, has a name, and works by
 * keyboard because it is the browser's own element.
 */
(function () {
  "use strict";

  /* The colours of the book's figures; in the dark, lighter ones of the same hue. Class -1 is a
   * blue dot, class +1 an orange triangle: the marker tells as much as the colour. */
  var LIGHT = "--lw-minus:#0072b2;--lw-plus:#c24e00;--lw-ink:#1f2933;--lw-quiet:#5a6570;" +
    "--lw-line:#d5dade;--lw-edge:#7f8a94;--lw-ground:#fff;--lw-accent:#0a6075;--lw-on-accent:#fff;" +
    "--lw-second:#a3457f;";
  var DARK = "--lw-minus:#6bb8ea;--lw-plus:#f2a45f;--lw-ink:#dfe5ea;--lw-quiet:#a4afb9;" +
    "--lw-line:#3b444c;--lw-edge:#77838d;--lw-ground:#14181b;--lw-accent:#7cc7d8;" +
    "--lw-on-accent:#0c1a1e;--lw-second:#e39ac6;";
  var STYLE =
    ".lw{" + LIGHT + "color:var(--lw-ink);font-size:.9rem;line-height:1.45;margin:1rem 0;" +
    "padding:1rem;border:1px solid var(--lw-line);border-radius:.5rem}" +
    "@media(prefers-color-scheme:dark){html:not([data-theme]) .lw{" + DARK + "}}" +
    "html[data-theme=dark] .lw{" + DARK + "}" +
    ".lw *{box-sizing:border-box}.lw p{margin:0}" +
    ".lw fieldset{border:0;margin:0;padding:0;min-width:0}" +
    ".lw legend{font-size:.8rem;font-weight:600;color:var(--lw-quiet);padding:0;margin:0 0 .25rem;" +
    "float:none;width:auto}" +
    ".lw label.lw-control{display:grid;grid-template-columns:7rem minmax(0,1fr) 3.2rem;" +
    "align-items:center;column-gap:.5rem;min-height:2rem}" +
    ".lw label.lw-wide{grid-template-columns:7rem minmax(0,1fr)}" +
    ".lw input,.lw select,.lw button{font:inherit;color:inherit;margin:0;min-width:0}" +
    ".lw input[type=range]{width:100%;height:1.5rem;accent-color:var(--lw-accent)}" +
    ".lw input[type=number],.lw select{width:100%;padding:.15rem .35rem;background:transparent;" +
    "border:1px solid var(--lw-edge);border-radius:.3rem}" +
    ".lw option{background:var(--lw-ground);color:var(--lw-ink)}" +
    ".lw output{font-variant-numeric:tabular-nums;text-align:right}" +
    ".lw button{padding:.35rem .9rem;cursor:pointer;background:transparent;" +
    "border:1px solid var(--lw-edge);border-radius:.3rem;line-height:1.4}" +
    ".lw button.lw-first{background:var(--lw-accent);border-color:var(--lw-accent);" +
    "color:var(--lw-on-accent)}" +
    ".lw button:disabled{opacity:.5;cursor:default}" +
    ".lw :is(button,input,select):focus-visible{outline:3px solid var(--lw-accent);" +
    "outline-offset:2px}" +
    ".lw svg,.lw canvas{display:block;width:100%}.lw svg{height:auto}" +
    ".lw svg text{fill:var(--lw-ink);font-size:13px}.lw svg text.lw-quiet{fill:var(--lw-quiet)}" +
    ".lw .lw-quiet{color:var(--lw-quiet)}";

  /* An HTML element; children are elements or text. */
  function element(tag, attributes) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (key) {
      node.setAttribute(key, attributes[key]);
    });
    node.append.apply(node, Array.prototype.slice.call(arguments, 2));
    return node;
  }

  /* An SVG element, with a text if one is given. */
  function shape(tag, attributes, text) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  /* A number as text, with a true minus sign; very large and very small ones with an exponent. */
  function number(value, digits) {
    var size = Math.abs(value);
    var text = size !== 0 && (size >= 1e5 || size < 1e-4)
      ? value.toExponential(2).replace("e+", "e")
      : (value === 0 ? 0 : value).toFixed(digits);
    return text.replace(/-/g, "\u2212");
  }

  /* A slider with its value as text: {name, label, min, max, step, value, text, onInput}.
   * Returns {node, input, get, set}. With `values`, a list, it moves through the list instead. */
  function slider(spec) {
    var list = spec.values;
    var input = element("input", { type: "range", name: spec.name, "aria-label": spec.label,
      min: list ? 0 : spec.min, max: list ? list.length - 1 : spec.max, step: list ? 1 : spec.step });
    var output = element("output", { "data-value": spec.name, "aria-live": "off" });
    function get() { return list ? list[Number(input.value)] : Number(input.value); }
    function show() {
      var text = spec.text ? spec.text(get()) : String(get());
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    }
    function set(value) {
      input.value = String(list ? list.indexOf(value) : value);
      show();
    }
    input.addEventListener("input", function () {
      show();
      spec.onInput(get());
    });
    set(spec.value);
    return { node: element("label", { "class": "lw-control" }, element("span", {}, spec.label),
      input, output), input: input, get: get, set: set };
  }

  /* A list to choose from: {name, label, options: [[value, text], ...], value, onInput}. */
  function choice(spec) {
    var input = element("select", { name: spec.name });
    spec.options.forEach(function (pair) {
      input.append(element("option", { value: pair[0] }, pair[1]));
    });
    input.value = spec.value;
    input.addEventListener("change", function () { spec.onInput(input.value); });
    return { node: element("label", { "class": "lw-control lw-wide" },
      element("span", {}, spec.label), input), input: input,
      get: function () { return input.value; }, set: function (value) { input.value = value; } };
  }

  /* A field for a number: {name, label, min, max, step, value, onInput}; called with valid ones. */
  function field(spec) {
    var input = element("input", { type: "number", name: spec.name, min: spec.min, max: spec.max,
      step: spec.step });
    input.value = String(spec.value);
    input.addEventListener("change", function () {
      var value = Number(input.value);
      if (input.value === "" || !input.checkValidity()) {
        input.value = String(spec.value);
      } else {
        spec.value = value;
        spec.onInput(value);
      }
    });
    return { node: element("label", { "class": "lw-control lw-wide" },
      element("span", {}, spec.label), input), input: input,
      get: function () { return spec.value; },
      set: function (value) { spec.value = value; input.value = String(value); } };
  }

  function button(name, text, action) {
    var node = element("button", { type: "button", "data-action": name }, text);
    node.addEventListener("click", action);
    return node;
  }

  /* The colours in force at a node, for a canvas. */
  function colours(node) {
    var style = getComputedStyle(node);
    var found = {};
    ["minus", "plus", "ink", "quiet", "line", "edge", "ground"].forEach(function (name) {
      found[name] = style.getPropertyValue("--lw-" + name).trim();
    });
    return found;
  }

  /* Call back whenever the page turns dark or light. */
  function onTheme(callback) {
    new MutationObserver(callback).observe(document.documentElement,
      { attributes: true, attributeFilter: ["data-theme"] });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", callback);
  }

  /* Whether the reader asked for less motion; ask again each time, it may change. */
  function calm() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /* Put a widget into every place of the page that waits for it, once the page is there. */
  function mountAll(name, mount) {
    function start() {
      if (!document.getElementById("lw-style")) {
        document.head.append(element("style", { id: "lw-style" }, STYLE));
      }
      document.querySelectorAll('[data-widget="' + name + '"]').forEach(mount);
    }
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", start);
    } else {
      start();
    }
  }

  window.labWidgets = window.labWidgets || {};
  window.labWidgets.controls = { element: element, shape: shape, number: number, slider: slider,
    choice: choice, field: field, button: button, colours: colours, onTheme: onTheme, calm: calm,
    mountAll: mountAll };
})();
