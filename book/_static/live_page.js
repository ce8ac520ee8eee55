/* The page while it can be run: its cells, one Python for all of them, and what is going on. */
import { Cell } from "./live_cell.js";
import { Python } from "./live_python.js";
import { button, make } from "./live_elements.js";

const READY = "Python is ready. Press Run all, or edit a cell and press Run or Shift+Enter.";
const DONE = "Done. Edit a cell, and press Run or Shift+Enter.";
const STOPPING = "Stopping. If Python does not hear of it, press Stop again: it begins anew";
const GONE = "Stopped, and Python begins anew: a cell runs those above it again.";

export class Page {
  constructor(bar, folder, megabytes) {
    this.status = bar.querySelector("[role=status]");
    this.seconds = make("span", { className: "live-time" });
    this.seconds.setAttribute("aria-hidden", "true");
    this.stopper = button("Stop", () => this.stop());
    const all = button("Run all", () => this.runUpTo(this.cells.at(-1), { again: true }));
    bar.replaceChildren(all, this.stopper, button("Reset", () => this.reset()), this.status, this.seconds);
    bar.classList.add("live-on");
    const found = [...document.querySelectorAll("article .cell:has(.cell_input pre)")];
    this.cells = found.map((element, index) => new Cell(element, index + 1, (cell) => this.runUpTo(cell)));
    this.python = new Python(folder);
    this.load(`Loading Python, ${megabytes} MB`).then((good) => good && this.say(READY));
    all.focus();
  }

  /* What is going on, and for how long. */
  say(text, { busy = false } = {}) {
    clearInterval(this.clock);
    const start = Date.now();
    this.status.textContent = text;
    this.seconds.textContent = "";
    this.stopper.disabled = !busy;
    const tick = () => { this.seconds.textContent = `${Math.round((Date.now() - start) / 1000)} s`; };
    if (busy) this.clock = setInterval(tick, 1000);
  }

  async load(text) {
    this.say(text, { busy: true });
    try {
      await this.python.ready;
      return true;
    } catch (error) {
      this.say(`Python did not start: ${error.message}`);
      return false;
    }
  }

  /* A cell, and those above it that were not run yet or were edited since. */
  async runUpTo(last, { again = false } = {}) {
    if (this.running) return;
    this.running = true;
    const place = this.cells.indexOf(last);
    const needed = (cell) => again || cell === last || !cell.isFresh;
    const cells = this.cells.slice(0, place + 1).filter(needed);
    const good = (await this.load("Loading Python")) && (await this.runEach(cells, again ? undefined : last));
    if (good) this.say(DONE);
    this.running = false;
  }

  async runEach(cells, aim) {
    for (const cell of cells) {
      const why = aim && cell !== aim ? `, before cell ${aim.number}` : ` of ${this.cells.length}`;
      this.say(`Running cell ${cell.number}${why}`, { busy: true });
      const end = await cell.runIn(this.python);
      if (end === "good") continue;
      const what = this.python.asked ? "was stopped" : "raised an error";
      if (end === "raised") this.say(`Cell ${cell.number} ${what}; its variables are kept.`);
      return false;
    }
    return true;
  }

  async stop() {
    if (this.python.interrupt()) { this.say(STOPPING, { busy: true }); return; }
    this.cells.forEach((cell) => cell.forget());
    this.python.restart();
    if (await this.load("Stopped. Python begins anew")) this.say(GONE);
  }

  async reset() {
    this.cells.forEach((cell) => cell.forget());
    this.python.restart();
    this.cells.forEach((cell) => cell.reset());
    if (await this.load("As it was printed. Python begins anew")) this.say("As it was printed. Nothing has been run.");
  }
}
