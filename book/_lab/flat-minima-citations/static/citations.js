// A plug-in of JupyterLab, as it is: jupyterlab-myst sets the boxes and roles of a page, but knows
// no bibliography and shows "dinh2017sharp" with a warning. Here it becomes "Dinh et al. (2017)",
// from references.bib beside the page; a word of the glossary, a link to nowhere, opens that; and
// the cards of checks, which on the site have its styles, have these.
(() => {
  const ACCENTS = { '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", k: "\u0328", v: "\u030c", c: "\u0327" };
  const TERM = ".myst a.hover-link[href='#']";
  const UNKNOWN = "[title='Citation Not Found']";
  const STYLE = `[data-cited] { color: inherit; cursor: help } [data-cited] svg { display: none }
    .claim-id div { display: inline }
    .check-card { --verdict: #1a7f4b; margin: 8px 0; padding: 8px 14px; border: 1px solid var(--jp-border-color1);
      border-left: 5px solid var(--verdict) }
    [data-verdict=condition] { --verdict: #b35900 } [data-verdict=illustrated] { --verdict: #1a6fb0 }
    [data-verdict=false], [data-holds=false] { --verdict: #c0392b }
    .check-card p { margin: 0 0 4px } .check-statement, .verdict, .check-verdict { font-weight: 600 }
    .verdict, .check-verdict { color: var(--verdict) } .check-card summary { cursor: pointer }
    .check-card summary::before { content: "\\25B8\\00A0" } .check-card [open] summary::before { content: "\\25BE\\00A0" }
    .glossary .myst p { white-space: pre-line } .glossary .myst p::first-line { font-weight: 600 }`;

  const plain = text => text
    .replace(/\\(?:(["'`^~])\{?|([kvc])\{)(\w)\}?/g, (_, sign, word, letter) => (letter + ACCENTS[sign ?? word]).normalize("NFC"))
    .replace(/[{}]/g, "");

  const field = (entry, name) => plain(entry.match(new RegExp(`^\\s*${name}\\s*=\\s*\\{(.*)\\}`, "m"))?.[1] ?? "");

  const authors = entry => {
    const names = field(entry, "author").split(" and ").map(name => name.split(",")[0]);
    return names.length > 2 ? `${names[0]} et al.` : names.join(" & ");
  };

  // Key to what stands for it in a sentence, in brackets, and under the pointer.
  const read = bibliography => new Map([...bibliography.matchAll(/@\w+\{([^,\s]+),(.*?)\n\}/gs)].map(
    ([, key, entry]) => [key, {
      narrative: `${authors(entry)} (${field(entry, "year")})`,
      parenthetical: `${authors(entry)}, ${field(entry, "year")}`,
      title: field(entry, "title"),
    }]));

  const name = (element, known) => {
    const text = [...element.childNodes].find(node => node.nodeType === Node.TEXT_NODE);
    const entry = known.get(text?.data.trim());
    if (!entry) return;
    text.data = element.closest(".parenthetical") ? entry.parenthetical : entry.narrative;
    Object.assign(element, { title: entry.title }).dataset.cited = "";
  };

  // The paragraph of a word, once the glossary is there; a plural, or a form of the word, finds the nearest.
  const showWord = (glossary, word) => {
    const begins = Array.from(word, (_, k) => word.slice(0, word.length - k));
    const find = () => {
      const entries = [...glossary.querySelectorAll(".myst p")];
      if (entries.length < 20) { requestAnimationFrame(find); return; }
      const beginning = begins.find(part => entries.some(entry => entry.textContent.toLowerCase().startsWith(part)));
      entries.find(entry => entry.textContent.toLowerCase().startsWith(beginning)).scrollIntoView();
    };
    find();
  };

  const openGlossary = ({ commands }) => document.addEventListener("click", async event => {
    const word = event.target.closest(TERM)?.textContent.trim().toLowerCase();
    if (!word) return;
    event.preventDefault();
    const glossary = await commands.execute("docmanager:open", { path: "glossary.md", factory: "Markdown Preview" });
    glossary.addClass("glossary");
    showWord(glossary.node, word);
  }, true);

  const activate = async app => {
    const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const answer = await fetch(`${baseUrl}files/references.bib`);
    if (!answer.ok) return; // another folder is open
    const known = read(await answer.text());
    openGlossary(app);
    document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
    const all = () => document.querySelectorAll(`${UNKNOWN}, .claim-id div > div`)
      .forEach(element => name(element, known));
    new MutationObserver(all).observe(document.body, { childList: true, subtree: true });
    all();
  };

  const plugin = { id: "flat-minima-citations:plugin", autoStart: true, activate };
  (window._JUPYTERLAB ??= {})["flat-minima-citations"] = {
    init: () => undefined,
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
  };
})();
