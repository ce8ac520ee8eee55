/* What scrolls sideways is reached by key, and nothing else is. */
document.addEventListener("DOMContentLoaded", () => {
  const seen = new ResizeObserver((changes) => changes.forEach(({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }));
  document.querySelectorAll("figure.explore .explore-stack").forEach((stack) => seen.observe(stack));
});
