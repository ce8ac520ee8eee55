/* What a search shows: a page whose title has the word before one that only uses it, and a piece of
   its text, not of the menus around it, with a sign where a formula stands. */
const ASIDE = "h1, .headerlink, script, style, nav, .page-header, .cell_input, .explore-controls, .explore-asleep, "
  + ".toggle-details__summary, button, summary, .verdict";

function words(text) {
  return text.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
}

/* How well a title answers what was asked: 2 for each word of it that is a word of the title, 1 for
   one that begins such a word. */
function titleScore(title) {
  const named = words(title);
  return words(new URLSearchParams(location.search).get("q") ?? "")
    .map((asked) => (named.includes(asked) ? 2 : named.some((word) => word.startsWith(asked)) ? 1 : 0))
    .reduce((sum, part) => sum + part, 0);
}

function textOf(html, anchor) {
  const page = new DOMParser().parseFromString(html, "text/html").querySelector("article");
  const place = (anchor && page?.querySelector(anchor)) || page;
  place?.querySelectorAll(ASIDE).forEach((part) => part.remove());
  place?.querySelectorAll(".math").forEach((formula) => formula.replaceWith("…"));
  return place?.textContent.replace(/\s+/g, " ") ?? "";
}

document.addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  Search.htmlToText = textOf;
  Scorer.score = ([, title, anchor, object, score]) =>
    score + (object ? 0 : (anchor ? 20 : 1000) * titleScore(title));
});
