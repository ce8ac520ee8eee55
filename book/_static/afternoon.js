/* Who follows the afternoon from stop to stop finds the next and the previous one at the foot, too. */
const KEY = "afternoon";

function store(action) {
  try { return action(sessionStorage); } catch { return null; }  // a browser that stores nothing
}

function lead(foot, stop, which) {
  if (!foot || !stop) return;
  foot.href = stop.href;
  foot.querySelector(".prev-next-subtitle").textContent = `afternoon, ${which}`;
  foot.querySelector(".prev-next-title").textContent = stop.textContent;
}

document.addEventListener("DOMContentLoaded", () => {
  const end = document.querySelector(".admonition.afternoon > .admonition-title");  // found by ear, too
  end?.setAttribute("role", "heading");
  end?.setAttribute("aria-level", "2");
  document.querySelectorAll(":is(.afternoon, .afternoon-card) a").forEach((link) => {
    link.addEventListener("click", () => store((kept) => kept.setItem(KEY, "on")));
  });
  if (store((kept) => kept.getItem(KEY)) !== "on") return;
  const before = document.querySelector("div.afternoon:not(.admonition) a");
  const ways = [...document.querySelectorAll(".admonition.afternoon p")];
  const next = ways.find((words) => words.textContent.startsWith("Next"))?.querySelector("a");
  lead(document.querySelector("a.left-prev"), before, "previous");
  lead(document.querySelector("a.right-next"), next, "next");
});
