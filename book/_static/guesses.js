/* A guess comes before its answer: each option is a button, and choosing one says which is right and
   unfolds the answer. Without this script the answer is a fold like any other. */
const NUMBERS = ["first", "second", "third", "fourth", "fifth", "sixth"];

function saying(chosen, right) {
  return chosen === right
    ? `The ${NUMBERS[right]} option is right. Why, and what came out, stands below.`
    : `You chose the ${NUMBERS[chosen]} option; the ${NUMBERS[right]} is right. Why, and what came out, stands below.`;
}

function button(option) {
  const made = document.createElement("button");
  made.type = "button";
  made.append(...(option.querySelector(":scope > p") ?? option).childNodes);
  option.replaceChildren(made);
  return made;
}

function ask(box, answer) {
  const right = Number(/answer-(\d+)/.exec(answer.className)[1]) - 1;
  const options = [...box.querySelectorAll(":scope > :is(ul, ol) > li")].map(button);
  const said = document.createElement("p");
  said.className = "guess-said";
  said.setAttribute("role", "status");
  box.append(said);
  const choose = (chosen) => {
    options.forEach((option, k) => {
      option.setAttribute("aria-pressed", String(k === chosen));
      option.dataset.mark = k === right ? "right" : k === chosen ? "wrong" : "";
    });
    said.textContent = saying(chosen, right);
    answer.open = true;
  };
  options.forEach((option, k) => option.addEventListener("click", () => choose(k)));
}

document.addEventListener("DOMContentLoaded", () => {
  const answers = document.querySelectorAll("details[class*='answer-']");
  document.querySelectorAll(".admonition.guess").forEach((box, k) => ask(box, answers[k]));
});
