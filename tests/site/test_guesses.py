"""A guess on the site: nothing of its answer is seen before, and a choice by key opens it."""

import pytest
from bs4 import BeautifulSoup
from chromium import missing
from pages import ROOT, notebook_paths
from reader import SITE, soup, visit

PAGES = [path.stem for path in notebook_paths() if "Your guess" in path.read_text(encoding="utf-8")]
GUESS, ANSWER = ".admonition.guess", "details[class*='answer-']"
ADDRESS = "{}/book/{}.html"


def unfolded(page):
    """What lets a reader see an answer before the guess, or keeps it from him for good."""
    for box in page.select(GUESS):
        answer, options = box.find_next_sibling(), box.select(":scope > :is(ul, ol) > li")
        if answer is None or answer not in page.select(ANSWER):
            yield "something stands between a guess and its answer"
        elif answer.has_attr("open"):
            yield "the answer is open"
        elif not answer.select(".sd-card-body"):
            yield "the answer is empty"
        if any(option.select("a, button, input") for option in options):
            yield "an option holds what a button may not"
        if len(options) < 3:
            yield "there is nothing to choose from"


@pytest.mark.parametrize("name", PAGES)
def test_every_answer_is_folded_right_behind_its_guess(name):
    path = SITE / f"book/{name}.html"
    if not path.exists():
        missing("the site is not built", "run make book")
    page = soup(path)
    source = (ROOT / f"book/{name}.ipynb").read_text(encoding="utf-8")
    assert len(page.select(GUESS)) == len(page.select(ANSWER)) == source.count("} Your guess")
    assert list(unfolded(page)) == []


FOLD = "<details class=answer-2{}><summary>What</summary><div class=sd-card-body>1</div></details>"
BOX = "<div class='admonition guess'><ul>{}</ul></div>"
THREE = "<li>1</li><li>2</li><li>3</li>"


@pytest.mark.parametrize(
    "text",
    [
        BOX.format(THREE) + "<div class=cell_output>100</div>" + FOLD.format(""),
        BOX.format(THREE) + FOLD.format(" open"),
        BOX.format(THREE) + "<details class=answer-2></details>",
        BOX.format(THREE) + "<details><div class=sd-card-body>1</div></details>",
        BOX.format(THREE.replace("1", "<a href=#>1</a>")) + FOLD.format(""),
        BOX.format("<li>1</li>") + FOLD.format(""),
    ],
)
def test_a_planted_fault_is_seen(text):
    assert list(unfolded(BeautifulSoup(text, "html.parser")))
    good = BeautifulSoup(BOX.format(THREE) + FOLD.format(""), "html.parser")
    assert not list(unfolded(good))


@pytest.mark.parametrize("name", ["three_notions", "what_survives"])
def test_a_choice_by_key_opens_the_answer_and_says_which_is_right(site, browser, name):
    with visit(browser, ADDRESS.format(site, name), without="/mathjax/") as page:
        for box, answer in zip(
            page.tab.locator(GUESS).all(), page.tab.locator(ANSWER).all(), strict=True
        ):
            body, said = answer.locator(".sd-card-body"), box.get_by_role("status")
            right = int(answer.get_attribute("class").partition("answer-")[2][0]) - 1
            buttons = box.get_by_role("button").all()
            assert not body.is_visible()
            assert said.inner_text() == ""
            for chosen, button in enumerate(buttons):
                button.press("Enter")
                marks = [other.get_attribute("data-mark") for other in buttons]
                assert marks[right] == "right"
                assert marks.count("wrong") == (chosen != right)
                assert button.get_attribute("aria-pressed") == "true"
                assert said.inner_text().startswith("You chose") == (chosen != right)
            assert body.is_visible()


def test_without_scripts_an_answer_is_a_fold(site, browser):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(ADDRESS.format(site, "hessian_transform"))
    body = tab.locator(f"{ANSWER} .sd-card-body").first
    assert not body.is_visible()
    tab.locator(f"{ANSWER} summary").first.click()
    assert body.is_visible()
    assert "100.01" in body.inner_text()
    context.close()
