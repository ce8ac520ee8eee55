"""A page in the eyes of axe-core: what it holds to be serious or critical.

It takes milliseconds for each text, and a book has a hundred thousand. So a formula is a letter
here, code is what its classes are, and of texts that look alike three are looked at, on whatever
pages they stand.
"""

import contextlib
from importlib.resources import files

from playwright.sync_api import TimeoutError

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
LOOKS = """async ([rule, within, seen]) => {
    const traits = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontSize',
        'fontWeight', 'textShadow', 'display', 'visibility', 'position', 'clip', 'clipPath',
        'filter', 'mixBlendMode', 'contentVisibility', 'webkitTextStroke', 'fontStyle',
        'textDecoration', 'borderBottom', 'outline'];
    const known = new Map([[null, '']]), names = new Map(), times = new Map(seen), texts = [];
    const named = key => [...key].reduce(([a, b], c) => [
        Math.imul(a ^ c.charCodeAt(0), 0x9e3779b1), Math.imul(b ^ c.charCodeAt(0), 0x85ebca6b)
    ], [0xdeadbeef, 0x41c6ce57]).join();
    const kind = element => {
        if (!known.has(element)) {
            const style = getComputedStyle(element);
            const key = [kind(element.parentElement), ...traits.map(t => style[t])].join('|');
            if (!names.has(key)) names.set(key, named(key));
            known.set(element, names.get(key));
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
    return [found.violations, [...times]]; }"""
# With the selector of the texts of which three are enough: of links a link's, not what is about it.
CONTRAST, LINKS = ("color-contrast", "*"), ("link-in-text-block", "a")
THE_REST = """rules => axe.run({resultTypes: ['violations'], preload: false,
    rules: Object.fromEntries(rules.map(rule => [rule, {enabled: false}]))}
).then(found => found.violations)"""
GRAVE = ("serious", "critical")


def looks(tab, seen):
    """What is wrong with how texts look; ``seen`` counts their kinds, by rule, over pages."""
    for rule, within in (CONTRAST, LINKS):
        found, seen[rule] = tab.evaluate(LOOKS, [rule, within, seen.get(rule, [])])
        yield from found


def violations(tab, seen, *, only_looks=False):
    """What axe-core holds to be serious or critical: rule, and the first element that breaks it."""
    with contextlib.suppress(TimeoutError):
        tab.wait_for_function(SETTLED, timeout=PATIENCE)
    for preparation in (PLAIN_FORMULAE, PLAIN_CODE, AXE):
        tab.evaluate(preparation)
    found = [] if only_looks else tab.evaluate(THE_REST, [rule for rule, _ in (CONTRAST, LINKS)])
    found += looks(tab, seen)  # last: without its texts nothing scrolls
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in found
        if rule["impact"] in GRAVE
    ]
