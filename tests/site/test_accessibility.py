"""Every page in the eyes of axe-core, light and dark, with all that unfolds unfolded."""

import itertools
from importlib.resources import files

import pytest
from reader import visit

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"
# Formulae are MathJax's affair, and thousands of elements: a letter stands for each.
PLAIN_FORMULAE = "document.querySelectorAll('mjx-container').forEach(m => m.replaceWith('x'))"
# The theme makes what scrolls reachable by key, 300 milliseconds after the page has changed.
SETTLED = 400
# The contrast of a text is that of its own style before those of all that it stands in, and
# axe-core takes milliseconds for each: of texts that agree in all of these, three are looked at.
CONTRAST = """async () => {
    const traits = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontSize',
        'fontWeight', 'textShadow', 'display', 'visibility', 'position', 'clip', 'clipPath',
        'filter', 'mixBlendMode', 'contentVisibility', 'webkitTextStroke'];
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
    const more = texts.filter(text => {
        const its = kind(text.parentElement);
        times.set(its, (times.get(its) ?? 0) + 1);
        return times.get(its) > 3;
    }).map(text => [text, text.data]);
    more.forEach(([text]) => text.data = '');
    const found = await axe.run(
        {resultTypes: ['violations'], preload: false, runOnly: ['color-contrast']});
    more.forEach(([text, data]) => text.data = data);
    return found.violations; }"""
THE_REST = """() => axe.run(
    {resultTypes: ['violations'], preload: false, rules: {'color-contrast': {enabled: false}}}
).then(found => found.violations)"""
GRAVE = ("serious", "critical")


def violations(page, scripts=(THE_REST, CONTRAST)):
    """What axe-core holds to be serious or critical: rule, and the first element that breaks it."""
    page.tab.evaluate(PLAIN_FORMULAE)
    page.tab.wait_for_timeout(SETTLED)
    page.tab.evaluate(AXE)
    found = [rule for script in scripts for rule in page.tab.evaluate(script)]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
    ]


# In the dark only colours differ.
@pytest.mark.parametrize(
    ("theme", "scripts"),
    [("light", (THE_REST, CONTRAST)), ("dark", (CONTRAST,))],
    ids=["light", "dark"],
)
def test_nothing_serious_bars_the_way(page, theme, scripts):
    page.tab.emulate_media(color_scheme=theme)
    page.tab.wait_for_function(
        "theme => document.documentElement.dataset.theme === theme", arg=theme
    )
    page.tab.evaluate(UNFOLD)
    assert violations(page, scripts) == []


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
        ("color-contrast", f"{4 * '<p>dark</p>'}<p style=color:#aaa>pale, after four of one kind"),
        (
            "color-contrast",
            f"{4 * '<p>dark</p>'}<div style=background:#222><p>dark on dark</p></div>",
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
