"""Pages that are run where they are read: by Python in the browser, on this machine alone.

The runtime is an addition to the site (`make live`). Where it is not, that is said, and what needs
none is tested all the same: what the button says, and that it loads nothing before it is pressed.
"""

import pytest
from bs4 import BeautifulSoup
from live_run import (
    NOTE,
    begin,
    press,
    require_runtime,
    run_all,
    run_first,
    start,
    wait_until,
    write,
)
from printed import committed, texts
from reader import OURS, SITE, visit

PAGE = "symmetries"


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

# The memory of WebAssembly grows and never shrinks: what there is now is the most there was.
MEMORY = "from pyodide_js import _module\nlen(_module.HEAPU8)"


@pytest.fixture(scope="module")
def live(site, browser):
    """A page whose button was pressed, with Python ready; one for all the tests."""
    require_runtime(SITE)
    with visit(browser, f"{site}/book/{PAGE}.html", script=NOTE) as opened:
        start(opened.tab)
        yield opened


def test_a_page_says_in_the_browser_what_it_says_in_print(live):
    found = [texts(cell["outputs"]) for cell in run_all(live.tab)]
    assert found == committed(PAGE)
    assert live.errors == [url for url in live.requests if not url.startswith(OURS)] == []


def test_a_tab_stays_below_a_gigabyte(live):
    # Chromium, the interpreter and its files take up to 650 MB beside what Python has for numbers
    assert 100e6 < int(run_first(live.tab, MEMORY)[0]["data"]["text/plain"]) < 350e6


def test_a_cell_is_edited_and_run_by_key(live):
    (output,) = run_first(live.tab, "print('first')\nx = 6 * 7\nx")[1:]
    assert output["data"]["text/plain"] == "42"
    assert live.tab.locator(".cell_output").first.inner_text().split() == ["first", "42"]


def test_what_is_typed_is_indented_as_python_wants_it(live):
    write(live.tab, "")
    code = live.tab.locator(".cell_input pre").first
    code.press_sequentially("if True:\nkept = 3\nkept")
    code.press("Control+Enter")
    wait_until(live.tab, "Done")
    assert code.inner_text() == "if True:\n    kept = 3\n    kept"


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
    code, button = (
        live.tab.locator(name).first for name in (".cell_input pre", ".live-line button")
    )
    assert button.bounding_box()["y"] > code.bounding_box()["y"]
    assert button.bounding_box()["height"] >= 44  # a fingertip


def test_what_never_ends_is_interrupted_and_the_variables_stay(live):
    begin(live.tab, "kept = 5\nwhile True: pass")
    press(live.tab, "Stop")
    live.tab.get_by_text("Cell 1 was stopped").wait_for()
    assert run_first(live.tab, "kept")[0]["data"]["text/plain"] == "5"


def test_what_hears_no_interrupt_is_ended_and_reset_brings_back_the_print(live):
    # last: Python begins anew, and not in a second
    printed = BeautifulSoup((SITE / f"book/{PAGE}.html").read_text("utf-8"), "html.parser")
    begin(live.tab, DEAF)
    press(live.tab, "Stop")
    live.tab.get_by_text("press Stop again").wait_for()
    press(live.tab, "Stop")
    wait_until(live.tab, "Stopped")
    press(live.tab, "Reset")
    assert "while True" not in live.tab.locator(".cell_input pre").first.text_content()
    second = live.tab.locator(".cell_output").nth(1).text_content()
    assert second.split() == printed.select(".cell_output")[1].get_text().split()
