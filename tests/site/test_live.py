"""Pages that are run where they are read: by Python in the browser, on this machine alone.

The runtime is an addition to the site (`make live`). Where it is not, that is said, and what needs
none is tested all the same: what the button says, and that it loads nothing before it is pressed.
"""

import configparser
import json
import re

import pytest
from live_run import LIVE, ran, run_all, start
from pages import ROOT
from reader import OURS, SITE, visit

PAGES = ("hessian_transform", "volume", "symmetries")
SANITIZE = ROOT / "tests/nbval_sanitize.cfg"
needs_runtime = pytest.mark.skipif(
    not (SITE / LIVE).exists(), reason="there is no Python for the browser: run make live"
)


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
    return [(kind, sanitized(text)) for kind, text in said]


def committed(name):
    """The outputs of each code cell of a page."""
    notebook = json.loads((ROOT / f"book/{name}.ipynb").read_text(encoding="utf-8"))
    return [texts(cell["outputs"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


@needs_runtime
@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_in_the_browser_what_it_says_in_print(site, browser, name):
    with visit(browser, f"{site}/book/{name}.html", script=ran()) as page:
        start(page.tab)
        found = [texts(cell["outputs"]) for cell in run_all(page.tab)]
        assert found == committed(name)
        assert not [url for url in page.requests if not url.startswith(OURS)]
        assert not page.errors
