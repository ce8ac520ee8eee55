/* A cell that is edited and run where it stands. What was printed stays, pale, until there is something new. */
import { button, make, rendered } from "./live_elements.js";

/* Not innerText: of code that is folded away it is empty. */
function plain(copy) {
  copy.querySelectorAll("br").forEach((end) => end.replaceWith("\n"));
  return copy.textContent;
}

export class Cell {
  constructor(element, number, run) {
    Object.assign(this, { element, number });
    this.code = element.querySelector(".cell_input pre");
    this.written = [...this.code.childNodes].map((node) => node.cloneNode(true));
    this.place = element.querySelector(".cell_output") ?? element.appendChild(make("div", { className: "cell_output docutils container" }));
    this.printed = [...this.place.childNodes];
    this.time = make("span", { className: "live-time" });
    const runner = button("Run", () => run(this));
    runner.setAttribute("aria-label", `Run cell ${number}`);
    const part = [...element.children].find((child) => child.contains(this.code));
    part.after(make("p", { className: "live-line" }, runner, this.time));  // where one writes, before its output or below
    this.openForEditing(run);
  }

  openForEditing(run) {
    this.code.contentEditable = "plaintext-only";
    this.code.spellcheck = false;
    const label = `Code of cell ${this.number}; Shift+Enter runs it`;
    const traits = { role: "textbox", "aria-multiline": "true", "aria-label": label };
    for (const [name, value] of Object.entries(traits)) this.code.setAttribute(name, value);
    this.code.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const indent = this.indent;
      if (event.shiftKey || event.ctrlKey || event.metaKey) run(this);
      else if (indent) document.execCommand("insertText", false, `\n${indent}`);
      else return;
      event.preventDefault();
    });
  }

  /* Of the line after that of the caret: as this one, and deeper behind a colon. */
  get indent() {
    const before = getSelection().getRangeAt(0).cloneRange();
    before.setStart(this.code, 0);
    const line = plain(before.cloneContents()).split("\n").at(-1);
    return line.match(/^ */)[0] + (line.trimEnd().endsWith(":") ? "    " : "");
  }

  get source() { return plain(this.code.cloneNode(true)); }
  get isFresh() { return this.ran === this.source; }
  forget() { this.ran = undefined; }

  /* "good", "raised", or "stopped" where Python was ended meanwhile. */
  async runIn(python) {
    const { source } = this, start = performance.now();
    this.outputs = [];
    this.place.classList.add("live-old");
    const end = await python.run(source, this.number, (output) => this.show(output));
    if (end === "stopped") { this.place.classList.remove("live-old"); return end; }
    this.clear();
    this.ran = end === "good" ? source : undefined;
    this.time.textContent = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    const detail = { number: this.number, end, outputs: this.outputs };
    this.element.dispatchEvent(new CustomEvent("live-ran", { bubbles: true, detail }));
    return end;
  }

  clear() {
    if (this.place.classList.contains("live-old")) this.place.replaceChildren();
    this.place.classList.remove("live-old");
  }

  show(output) {
    this.clear();
    const last = this.outputs.at(-1);
    if (last?.output_type === "stream" && last.name === output.name) {
      last.text += output.text;
      this.place.lastChild.replaceWith(rendered(last));
      return;
    }
    this.outputs.push(output);
    const element = this.place.appendChild(rendered(output));
    const formulae = [...element.querySelectorAll(".math")];
    if (formulae.length) window.MathJax?.typesetPromise?.(formulae);
  }

  reset() {
    this.code.replaceChildren(...this.written.map((node) => node.cloneNode(true)));
    this.place.classList.remove("live-old");
    this.place.replaceChildren(...this.printed);
    this.time.textContent = "";
  }
}
