/* What scrolls is reached by key, and nothing else is. */
document.addEventListener("DOMContentLoaded", () => {
  const seen = new ResizeObserver((changes) => changes.forEach(({ target }) => {
    const down = target.matches(".invariance") && target.scrollHeight > target.clientHeight;
    if (down || target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  document.querySelectorAll("figure.explore .explore-stack, .invariance").forEach((wide) => seen.observe(wide));
});

/* The theme lets keys reach what scrolls, and measures it when the page changes: unfolding changes it, too. */
document.addEventListener("toggle", () => window.dispatchEvent(new Event("resize")), true);
