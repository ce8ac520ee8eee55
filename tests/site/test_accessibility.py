"""Every page in the eyes of axe-core, light and dark, with all that unfolds unfolded."""

import itertools
from importlib.resources import files

import pytest
from reader import visit

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"
# Formulae are MathJax's affair, and the words of code have the same few colours on every page: both
# are thousands of elements, and axe-core looks at each. A formula is left as a letter, and code as
# plain text but for these pages.
CODE_IS_MEASURED = ("", "book/hessian_transform", "book/checks_beyond", "book/api")
PLAIN_FORMULAE = "document.querySelectorAll('mjx-container').forEach(m => m.replaceWith('x'))"
PLAIN_CODE = """document.querySelectorAll('pre span, dt.sig span')
    .forEach(word => word.replaceWith(...word.childNodes))"""
# In the dark only colours differ.
RUN = """only => axe.run(
    {resultTypes: ['violations'], preload: false, ...(only && {runOnly: only})}
).then(found => found.violations)"""
GRAVE = ("serious", "critical")


def violations(page, only=None):
    """What axe-core holds to be serious or critical: rule, and the first element that breaks it."""
    page.tab.evaluate(PLAIN_FORMULAE)
    if page.name not in CODE_IS_MEASURED:
        page.tab.evaluate(PLAIN_CODE)
    page.tab.evaluate(AXE)
    found = page.tab.evaluate(RUN, only)
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
    ]


@pytest.mark.parametrize(("theme", "only"), [("light", None), ("dark", ["color-contrast"])])
def test_nothing_serious_bars_the_way(page, theme, only):
    page.tab.emulate_media(color_scheme=theme)
    page.tab.wait_for_function(
        "theme => document.documentElement.dataset.theme === theme", arg=theme
    )
    page.tab.evaluate(UNFOLD)
    assert violations(page, only) == []


def test_headings_come_in_order(page):
    levels = page.tab.evaluate(
        "[...document.querySelectorAll('article :is(h1,h2,h3,h4,h5,h6)')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("color-contrast", "<p style='color:#aaa;background:#fff'>pale</p>"),
        ("image-alt", "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>"),
        ("label", "<input type=range>"),
        ("color-contrast", "<details><p style='color:#aaa;background:#fff'>pale</p></details>"),
    ],
)
def test_a_planted_fault_is_seen(browser, tmp_path, rule, fault):
    path = tmp_path / "page.html"
    path.write_text(
        f"<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{fault}</main></html>",
        encoding="utf-8",
    )
    with visit(browser, path.as_uri()) as page:
        page.tab.evaluate(UNFOLD)
        assert any(found.startswith(rule) for found in violations(page))
