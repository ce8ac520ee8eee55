/* On paper the proofs are open, the colours are those for white, and each figure shows the frame that
   its words are about. Afterwards everything is as the reader had it. */
let asItWas = [];

function put(owner, name, value) {
  const before = owner[name];
  owner[name] = value;
  asItWas.push(() => { owner[name] = before; });
}

function move(slider, value) {
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}

addEventListener("beforeprint", () => {
  asItWas = [];
  put(document.documentElement.dataset, "theme", "light");
  document.querySelectorAll("article details").forEach((fold) => {
    if (!fold.closest(".check-card")) put(fold, "open", true);
  });
  document.querySelectorAll("figure.explore input[type=range]").forEach((slider) => {
    const before = slider.value;
    move(slider, slider.defaultValue);
    asItWas.push(() => move(slider, before));
  });
});

addEventListener("afterprint", () => asItWas.forEach((undo) => undo()));
