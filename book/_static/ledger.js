/* The ledger can be read by verdict and by paper: two choices above it, made by this script, since
   without it they would do nothing. */
const VERDICTS = {
  "": "all", holds: "holds", condition: "holds with a condition", false: "false as printed",
  illustrated: "illustrated", missing: "not reproduced here" };

function choice(name, options) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  options.forEach(([value, text]) => select.add(new Option(text, value)));
  label.append(`${name} `, select);
  return label;
}

function arrange(tables) {
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const kinds = new Set(["", ...rows.map((row) => row.dataset.verdict)]);
  const papers = tables.map((table) => [table.dataset.paper, table.caption.textContent]);
  const form = document.createElement("p");
  const verdict = choice("Verdict", Object.entries(VERDICTS).filter(([kind]) => kinds.has(kind)));
  const paper = choice("Paper", [["", "all"], ...papers]);
  const count = document.createElement("output");
  const show = () => {
    const [kind, name] = [verdict, paper].map((label) => label.control.value);
    rows.forEach((row) => {
      row.hidden = !["", row.dataset.verdict].includes(kind)
        || !["", row.closest("table").dataset.paper].includes(name);
    });
    tables.forEach((table) => { table.hidden = !table.querySelector("tbody tr:not([hidden])"); });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} claims`;
  };
  form.className = "ledger-choice";
  form.append(verdict, paper, count);
  form.addEventListener("change", show);
  tables[0].before(form);
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  const tables = [...document.querySelectorAll("table.ledger[data-paper]")];
  if (tables.length) arrange(tables);
});
