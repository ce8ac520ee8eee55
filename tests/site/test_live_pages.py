"""Pages run from the first cell to the last by Python in a browser: it prints what is in print.

One Python runs page after page, the quick ones; `make everywhere` runs all that a browser can. What
a browser rounds otherwise has a name and a reason in tests/browser_numbers.cfg.
"""

import os
import re

import pytest
from live_run import require_runtime, run_in_turn
from pages import notebook_paths
from printed import NUMBERS, by_name, committed, rules, texts, without
from reader import OURS, SITE, visit

# and "symmetries", which test_live.py runs by its button
QUICK = (
    "index",
    "not_lipschitz",
    "convex_models",
    "own_networks",
    "product_over_orbit",
    "bent_function",
    "low_rank",
    "what_training_adds",
)
ALL = [path.stem for path in notebook_paths() if '"requires"' not in path.read_text("utf-8")]
NAMES = ALL if os.environ.get("EVERYWHERE") == "on" else QUICK


@pytest.fixture(scope="module")
def python(site, browser):
    """A tab in which one Python runs all of them."""
    require_runtime(SITE)
    with visit(browser, f"{site}/book/{NAMES[0]}.html") as page:
        yield page


def different(name, outputs):
    """Of each cell that says something else than in print: its number and both texts."""
    found = without(name, map(texts, outputs))
    cells = zip(found, without(name, committed(name)), strict=True)
    return [(number, *both) for number, both in enumerate(cells, 1) if both[0] != both[1]]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_in_the_browser_what_it_says_in_print(site, python, name):
    assert different(name, run_in_turn(python.tab, f"{site}/book/{name}.html")) == []
    assert python.errors == [url for url in python.requests if not url.startswith(OURS)] == []


# ---- the test sees what it is there to see ----


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def test_another_number_is_seen_and_another_picture_is_not():
    assert texts([printed("0.125")]) != texts([printed("0.126")])
    drawn = [
        {"data": {"text/html": f'<img src="data:image/png;base64,{x}" alt="a">'}} for x in "AB"
    ]
    drawn = [{"output_type": "display_data", **each} for each in drawn]
    assert texts(drawn[:1]) == texts(drawn[1:])


def test_an_error_is_seen():
    raised = {"output_type": "error", "evalue": "no such number", "traceback": []}
    assert texts([raised]) != texts([])


@pytest.mark.parametrize("rule", rules(NUMBERS), ids=lambda rule: rule["regex"])
def test_a_number_by_name_has_a_reason_and_is_on_its_page_alone(rule):
    assert rule["reason"]
    said = "\n".join(text for cell in committed(rule["page"]) for _, text in cell)
    assert re.search(rule["regex"], said)
    cell = [texts([printed(re.search(rule["regex"], said)[0])])]
    assert without(rule["page"], cell) != cell == without("index", cell)
    assert rule in by_name(rule["page"])
