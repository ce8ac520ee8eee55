/* Elements of a page, and the output of a cell as one: in the form that the site gives to those it prints. */

export function make(tag, traits = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), traits);
  element.append(...inside);
  return element;
}

export function button(text, onclick) {
  return make("button", { type: "button", textContent: text, onclick });
}

function box(kind, inside) {
  return make("div", { className: `output ${kind}` }, inside);
}

function printed(text, kind) {
  const pre = make("pre", { textContent: text });
  return box(`${kind} highlight-myst-ansi notranslate`, make("div", { className: "highlight" }, pre));
}

function markup(text, kind) {
  const element = box(kind, "");
  element.innerHTML = text;
  return element;
}

/* The richest form that a value has. A bar of progress writes over its line: its last state stays. */
export function rendered(output) {
  const { data, output_type: type } = output;
  if (type === "stream") return printed(output.text.replace(/^.*\r(?!\n)/gm, ""), `stream ${output.name}`);
  if (type === "error") return printed(output.traceback.join("\n"), "traceback");
  if (data["text/html"]) return markup(data["text/html"], "text_html");
  if (data["image/svg+xml"]) return markup(data["image/svg+xml"], "image_svg");
  if (data["image/png"]) {
    const src = `data:image/png;base64,${data["image/png"]}`;
    return box("image_png", make("img", { src, alt: "The figure that this cell draws" }));
  }
  return printed(data["text/plain"], "text_plain");
}
