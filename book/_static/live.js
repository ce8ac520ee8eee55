/* "Run this page": the button. What it starts (live_page.js, and the folder live that `make live` fills)
   is asked for when it is pressed, and not before. */
(() => {
const STATIC = new URL(".", document.currentScript.src).href;
const AS_FILE = "A browser runs nothing in a page that was opened as a file. In a clone of the book: make serve";
const NOT_HERE = "Python for the browser is not on this site. In a clone of the book: make live, then make serve";

const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Run this page" });
const status = document.createElement("span");
status.setAttribute("role", "status");
const bar = Object.assign(document.createElement("div"), { className: "live-bar" });
bar.append(button, status);

button.addEventListener("click", async () => {
  if (location.protocol === "file:") { status.textContent = AS_FILE; return; }
  button.disabled = true;
  const list = await fetch(`${STATIC}live/pyodide-lock.json`).catch(() => ({ ok: false }));
  button.disabled = false;
  if (!list.ok) { status.textContent = NOT_HERE; return; }
  const { Page } = await import(`${STATIC}live_page.js`);
  new Page(bar, STATIC, (await list.json()).megabytes);
});

(document.querySelector("article .page-header") ?? document.querySelector("article h1")).after(bar);
})();
