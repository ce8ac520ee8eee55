"""Pages that are run where they are read: by Python in the browser, on this machine alone.

The runtime is an addition to the site (`make live`). Where it is not, that is said, and what needs
none is tested all the same: what the button says, and that it loads nothing before it is pressed.
"""

import configparser
import contextlib
import json
import re

import pytest
from bs4 import BeautifulSoup
from live_run import LIVE, NOTE, begin, press, run_all, run_first, start, wait_until
from pages import ROOT
from reader import OURS, SITE, visit

PAGE, OTHERS = "symmetries", ("not_lipschitz", "convex_models")
PICTURE = re.compile(r'src="data:[^"]*"')
SANITIZE = ROOT / "tests/nbval_sanitize.cfg"


def sanitized(text):
    """As nbval compares it."""
    rules = configparser.RawConfigParser()
    rules.read(SANITIZE, encoding="utf-8")
    for name in rules.sections():
        text = re.sub(rules[name]["regex"], rules[name]["replace"], text)
    return text


def texts(outputs):
    """What a cell said and showed, by form; pictures are drawn by another Matplotlib."""
    said = []
    for output in outputs:
        if output["output_type"] == "stream":
            said.append((output["name"], "".join(output["text"])))
        for kind in ("text/plain", "text/html"):
            if kind in output.get("data", {}):
                said.append((kind, "".join(output["data"][kind])))
    return [(kind, sanitized(PICTURE.sub("src=PICTURE", text))) for kind, text in said]


def committed(name):
    """The outputs of each code cell of a page."""
    notebook = json.loads((ROOT / f"book/{name}.ipynb").read_text(encoding="utf-8"))
    return [texts(cell["outputs"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


# ---- what needs no runtime ----


def test_before_the_click_only_the_button_is_loaded(site, browser):
    with visit(browser, f"{site}/book/{PAGE}.html") as page:
        names = [url.rpartition("/")[2].partition("?")[0] for url in page.requests]
        assert [name for name in names if "live" in name] == ["live.js"]
        assert not [url for url in page.requests if "/live/" in url]
    assert (SITE / "_static/live.js").stat().st_size < 40_000


def test_the_button_says_how_to_get_what_is_not_there(site, browser):
    with visit(browser, f"{site}/book/{PAGE}.html", without="/live/") as page:
        press(page.tab, "Run this page")
        page.tab.get_by_text("make live").wait_for()


def test_the_button_says_what_to_do_with_a_page_that_is_a_file(site, browser):
    with visit(browser, (SITE / f"book/{PAGE}.html").as_uri()) as page:
        press(page.tab, "Run this page")
        page.tab.get_by_text("make serve").wait_for()
        assert not page.errors


@pytest.mark.parametrize("name", ["your_own_network", "glossary", "api"])
def test_a_page_that_no_browser_can_run_has_no_button_and_allows_no_more(site, name):
    text = (SITE / f"book/{name}.html").read_text(encoding="utf-8")
    assert "live.js" not in text
    assert "wasm-unsafe-eval" not in text


# ---- a page that is run ----

SLIDER = """from flatbook.explore import explore
explore(lambda axes, a: axes.plot([0, a]) and f"A line to {a}.", a=(1, 2, 3), caption="$a$")"""
FORBIDDEN = """from js import XMLHttpRequest
asked = XMLHttpRequest.new()
asked.open("GET", "https://example.org/", False)
asked.send()"""
HESSIAN = """import numpy as np, flatlib
net = flatlib.MLP((20, 50, 3))
data = flatlib.data.digits()
loss = flatlib.Objective(net, "squared", data.train_inputs[:50, :20], np.eye(3)[np.arange(50) % 3])
flatlib.hessian(loss, net.init(np.random.default_rng(0))).shape"""
# Nothing is heard inside LAPACK.
DEAF = """import numpy as np
np.linalg.svd(np.random.default_rng(0).normal(size=(3000, 3000)))"""
FRAMES = """figure => [...figure.querySelectorAll('img[data-frame]')]
    .map((image, k) => image.style.display === 'none' ? '' : k).join('')"""


@contextlib.contextmanager
def python_in(page, site, browser):
    """A page whose button was pressed, with Python ready."""
    if not (SITE / LIVE).exists():
        pytest.skip("there is no Python for the browser: run make live")
    with visit(browser, f"{site}/book/{page}.html", script=NOTE) as opened:
        start(opened.tab)
        yield opened


@pytest.fixture(scope="module")
def live(site, browser):
    """One for all the tests of what a reader does there."""
    with python_in(PAGE, site, browser) as page:
        yield page


def faults(page, name):
    """Cells that say something else in the browser than in print, and what left the machine."""
    found = [texts(cell["outputs"]) for cell in run_all(page.tab)]
    outside = [url for url in page.requests if not url.startswith(OURS)]
    cells = zip(found, committed(name), strict=True)
    return [number for number, (a, b) in enumerate(cells, 1) if a != b] + outside + page.errors


def test_a_page_says_in_the_browser_what_it_says_in_print(live):
    assert faults(live, PAGE) == []


@pytest.mark.parametrize("name", OTHERS)
def test_another_page_does_too(site, browser, name):
    with python_in(name, site, browser) as page:
        assert faults(page, name) == []


def test_a_cell_is_edited_and_run_by_key(live):
    (output,) = run_first(live.tab, "print('first')\nx = 6 * 7\nx")[1:]
    assert output["data"]["text/plain"] == "42"
    assert live.tab.locator(".cell_output").first.inner_text().split() == ["first", "42"]


def test_a_slider_that_was_computed_anew_moves(live):
    run_first(live.tab, SLIDER)
    figure = live.tab.locator(".cell_output figure.explore").first
    before = figure.evaluate(FRAMES)
    figure.locator("input").press("ArrowRight")
    assert figure.evaluate(FRAMES) != before
    figure.locator("figcaption mjx-container").wait_for()


def test_an_error_is_short_and_the_variables_stay(live):
    (error,) = run_first(live.tab, "kept = 1\nimport flatlib\nflatlib.MLP(3)")
    assert error["output_type"] == "error"
    assert len(error["traceback"]) <= 8
    assert run_first(live.tab, "kept")[0]["data"]["text/plain"] == "1"


def test_a_hessian_of_1200_parameters(live):
    assert run_first(live.tab, HESSIAN)[-1]["data"]["text/plain"] == "(1203, 1203)"


def test_python_in_the_page_asks_no_other_host_either(live):
    (error,) = run_first(live.tab, FORBIDDEN)
    assert "NetworkError" in error["evalue"]
    assert not [url for url in live.requests if not url.startswith(OURS)]
    here = FORBIDDEN.replace("https://example.org/", live.tab.url)
    assert run_first(live.tab, f"{here}\nasked.status")[0]["data"]["text/plain"] == "200"


def test_code_is_edited_on_a_phone(live):
    live.tab.set_viewport_size({"width": 390, "height": 844})
    assert run_first(live.tab, "7")[0]["data"]["text/plain"] == "7"
    assert live.tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_never_ends_is_interrupted_and_the_variables_stay(live):
    begin(live.tab, "kept = 5\nwhile True: pass")
    press(live.tab, "Stop")
    live.tab.get_by_text("Cell 1 raised an error").wait_for()
    assert run_first(live.tab, "kept")[0]["data"]["text/plain"] == "5"


def test_what_hears_no_interrupt_is_ended_and_reset_brings_back_the_print(live):
    # last: Python begins anew, and not in a second
    printed = BeautifulSoup((SITE / f"book/{PAGE}.html").read_text("utf-8"), "html.parser")
    begin(live.tab, DEAF)
    press(live.tab, "Stop")
    press(live.tab, "Stop")
    wait_until(live.tab, "Stopped")
    press(live.tab, "Reset")
    assert "while True" not in live.tab.locator(".cell_input pre").first.text_content()
    second = live.tab.locator(".cell_output").nth(1).text_content()
    assert second.split() == printed.select(".cell_output")[1].get_text().split()


# ---- the test sees what it is there to see ----


def test_another_number_is_seen_and_another_picture_is_not():
    said = {"output_type": "stream", "name": "stdout", "text": "0.125"}
    assert texts([said]) != texts([{**said, "text": "0.126"}])
    drawn = [
        {"data": {"text/html": f'<img src="data:image/png;base64,{x}" alt="a">'}} for x in "AB"
    ]
    drawn = [{"output_type": "display_data", **each} for each in drawn]
    assert texts(drawn[:1]) == texts(drawn[1:])
