"""Every page in the eyes of axe-core, light and dark, with all that unfolds unfolded."""

import contextlib
import itertools
from importlib.resources import files

import pytest
from playwright.sync_api import TimeoutError
from reader import UNFOLD, visit

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Formulae are MathJax's affair, and thousands of elements: a letter stands for each.
WITHOUT = "/mathjax/"
PLAIN_FORMULAE = "document.querySelectorAll('.math').forEach(m => m.textContent = 'x')"
# The theme makes what scrolls reachable by key some time after the page has changed; it is waited
# for, as a reader would, and what it has not done after two seconds is a fault.
SETTLED = """() => [...document.querySelectorAll('pre, .output')].every(
    block => block.scrollWidth <= block.clientWidth || block.tabIndex === 0)"""
PATIENCE = 2000
# Code and signatures are thousands of spans, which a class colours and which mean nothing: of those
# with the same classes from the page down, three stay.
PLAIN_CODE = """() => {
    const chains = new Map([[null, '']]), times = new Map();
    const chain = e => {
        if (!chains.has(e)) chains.set(e, `${chain(e.parentElement)}/${e.tagName}.${e.className}`);
        return chains.get(e);
    };
    const bare = () => [...document.querySelectorAll('article span[class]:not(:has(*))')].filter(
        span => span.attributes.length === 1 && !span.closest('a, button'));
    for (let pass = 0; pass < 3; pass++) for (const span of bare()) {
        times.set(chain(span), (times.get(chain(span)) ?? 0) + 1);
        if (times.get(chain(span)) > 3) span.replaceWith(span.textContent);
    } }"""
# How a text looks is a matter of its own style before those of all that it stands in, and axe-core
# takes milliseconds for each: of texts that agree in all of these, three are looked at.
LOOKS = """async ([rule, within]) => {
    const traits = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontSize',
        'fontWeight', 'textShadow', 'display', 'visibility', 'position', 'clip', 'clipPath',
        'filter', 'mixBlendMode', 'contentVisibility', 'webkitTextStroke', 'fontStyle',
        'textDecoration', 'borderBottom', 'outline'];
    const kinds = new Map(), known = new Map([[null, 0]]), times = new Map(), texts = [];
    const kind = element => {
        if (!known.has(element)) {
            const style = getComputedStyle(element);
            const key = [kind(element.parentElement), ...traits.map(t => style[t])].join('|');
            if (!kinds.has(key)) kinds.set(key, kinds.size + 1);
            known.set(element, kinds.get(key));
        }
        return known.get(element);
    };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (walk.currentNode.data.trim()) texts.push(walk.currentNode);
    const more = texts.filter(text => text.parentElement.closest(within)).filter(text => {
        const its = kind(text.parentElement);
        times.set(its, (times.get(its) ?? 0) + 1);
        return times.get(its) > 3;
    }).map(text => [text, text.data]);
    more.forEach(([text]) => text.data = '');
    const found = await axe.run({resultTypes: ['violations'], preload: false, runOnly: [rule]});
    more.forEach(([text, data]) => text.data = data);
    return found.violations; }"""
# With the selector of the texts of which three are enough: of links a link's, not what is about it.
CONTRAST, LINKS = ("color-contrast", "*"), ("link-in-text-block", "a")
THE_REST = """rules => axe.run({resultTypes: ['violations'], preload: false,
    rules: Object.fromEntries(rules.map(rule => [rule, {enabled: false}]))}
).then(found => found.violations)"""
GRAVE = ("serious", "critical")


def violations(page, *, only_looks=False):
    """What axe-core holds to be serious or critical: rule, and the first element that breaks it."""
    page.tab.evaluate(PLAIN_FORMULAE)
    page.tab.evaluate(PLAIN_CODE)
    page.tab.evaluate(AXE)
    found = [rule for look in (CONTRAST, LINKS) for rule in page.tab.evaluate(LOOKS, list(look))]
    if not only_looks:
        with contextlib.suppress(TimeoutError):
            page.tab.wait_for_function(SETTLED, timeout=PATIENCE)
        found += page.tab.evaluate(THE_REST, [rule for rule, _ in (CONTRAST, LINKS)])
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_bars_the_way(page, theme):
    page.tab.emulate_media(color_scheme=theme)
    page.tab.wait_for_function(
        "theme => document.documentElement.dataset.theme === theme", arg=theme
    )
    page.tab.evaluate(UNFOLD)
    assert violations(page, only_looks=theme == "dark") == []  # in the dark only colours differ


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_guess_that_was_made_can_be_read(site, browser, theme):
    with visit(browser, f"{site}/book/hessian_transform.html", without=WITHOUT) as page:
        page.tab.emulate_media(color_scheme=theme)
        page.tab.locator(".admonition.guess button").first.click()
        assert page.tab.locator(".admonition.guess button[data-mark=wrong]").count() == 1
        assert violations(page) == []


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
def test_a_planted_fault_is_seen(browser, tmp_path, rule, fault):
    path = tmp_path / "page.html"
    path.write_text(
        f"<!doctype html><html lang=en><title>t</title><main><h1>t</h1>{fault}</main></html>",
        encoding="utf-8",
    )
    with visit(browser, path.as_uri()) as page:
        page.tab.evaluate(UNFOLD)
        assert any(found.startswith(rule) for found in violations(page))
