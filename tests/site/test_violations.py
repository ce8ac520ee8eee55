"""Every page in the eyes of axe-core, light and dark, with all that unfolds unfolded."""

import itertools

import pytest
from axe import WITHOUT, violations
from reader import UNFOLD, visit


@pytest.fixture(scope="session")
def seen():
    """The kinds of text that were looked at on other pages."""
    return {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_bars_the_way(page, theme, seen):
    page.tab.set_viewport_size({"width": 1400, "height": 900})
    page.tab.emulate_media(color_scheme=theme)
    page.tab.wait_for_function(
        "theme => document.documentElement.dataset.theme === theme", arg=theme
    )
    page.tab.evaluate(UNFOLD)
    only_looks = theme == "dark"  # there only colours differ
    assert violations(page.tab, seen, only_looks=only_looks) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_guess_that_was_made_can_be_read(site, browser, theme):
    with visit(browser, f"{site}/book/hessian_transform.html", without=WITHOUT) as page:
        page.tab.emulate_media(color_scheme=theme)
        page.tab.locator(".admonition.guess button").first.click()
        assert page.tab.locator(".admonition.guess button[data-mark=wrong]").count() == 1
        assert violations(page.tab, {}) == []


def test_headings_come_in_order(page):
    levels = page.tab.evaluate(
        "[...document.querySelectorAll('article :is(h1,h2,h3,h4,h5,h6)')].map(h => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


CODE = f"<style>p .n {{color:#aaa}}</style><pre>{4 * '<span class=n>name</span>'}</pre>"
LINK = "<p>text <a href=#>more</a> text, which is longer</p>"


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("color-contrast", "<p style='color:#aaa;background:#fff'>pale</p>"),
        ("image-alt", "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='>"),
        ("label", "<input type=range>"),
        ("color-contrast", "<details><p style='color:#aaa;background:#fff'>pale</p></details>"),
        ("color-contrast", f"{4 * '<p>dark</p>'}<p style=color:#aaa>pale, after four of one kind"),
        (
            "color-contrast",
            f"{4 * '<p>dark</p>'}<div style=background:#222><p>dark on dark</p></div>",
        ),
        ("color-contrast", f"<article>{CODE}<pre><span class=n style=color:#aaa>pale</span>"),
        ("color-contrast", f"<article>{CODE}<p><span class=n>pale, as n is in a paragraph</span>"),
        ("link-in-text-block", f"<style>a{{text-decoration:none;color:#111}}</style>{4 * LINK}"),
        (
            "link-in-text-block",
            f"{4 * LINK}<p>text <a href=# style=text-decoration:none;color:#111>one</a> text</p>",
        ),
    ],
)
def test_a_planted_fault_is_seen(reader, tmp_path, rule, fault):
    path = tmp_path / "page.html"
    path.write_text(
        f"<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{fault}</main></html>",
        encoding="utf-8",
    )
    page = reader.turn_to(path.as_uri())
    page.tab.evaluate(UNFOLD)
    assert any(found.startswith(rule) for found in violations(page.tab, {}))
