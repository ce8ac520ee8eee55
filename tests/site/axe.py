"""A page in the eyes of axe-core: what it holds to be serious or critical.

It takes milliseconds for each text, and a book has a hundred thousand. So a formula is a letter
here, code is what its classes are, and of texts that look alike three are looked at, on whatever
pages they stand. All rules are asked at once, for most of the time goes into what they share.
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
# takes milliseconds for each: of texts that agree in all of these, three are looked at. What has
# one of them is marked for the rule.
MARK = """([rules, seen]) => {
    const traits = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontSize',
        'fontWeight', 'textShadow', 'display', 'visibility', 'position', 'clip', 'clipPath',
        'filter', 'mixBlendMode', 'contentVisibility', 'webkitTextStroke', 'fontStyle',
        'textDecoration', 'borderBottom', 'outline'];
    const known = new Map([[null, '']]), names = new Map(), texts = [];
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
    return Object.entries(rules).map(([rule, its]) => {
        const times = new Map(seen[rule]), mark = `data-${rule}`;
        document.querySelectorAll(`[${mark}]`).forEach(e => e.removeAttribute(mark));
        for (const {parentElement: parent} of texts) {
            const element = parent.closest(its), looks = kind(parent);
            if (!element) continue;
            times.set(looks, (times.get(looks) ?? 0) + 1);
            if (times.get(looks) <= 3) element.setAttribute(mark, '');
        }
        return [rule, [...times]];
    }); }"""
# The rules whose subject is how texts look, and which elements have texts for them; the first has
# an eye on fields as well, whose text is no node.
LOOKS = {"color-contrast": "*", "link-in-text-block": "a[href], [role=link]"}
FIELDS = "input, select, textarea"
ASK = """([rules, fields, onlyThese]) => {
    axe.configure({rules: rules.map(id => ({id, selector: `[data-${id}], ${fields}`}))});
    const some = onlyThese ? {runOnly: rules} : {};
    return axe.run({resultTypes: ['violations'], preload: false, ...some}
    ).then(found => found.violations); }"""
GRAVE = ("serious", "critical")


def violations(tab, seen, *, only_looks=False):
    """What axe-core holds to be serious or critical: rule, and the first element that breaks it.

    ``seen`` counts the kinds of texts, by rule, over pages.
    """
    with contextlib.suppress(TimeoutError):
        tab.wait_for_function(SETTLED, timeout=PATIENCE)
    for preparation in (PLAIN_FORMULAE, PLAIN_CODE, AXE):
        tab.evaluate(preparation)
    seen.update(tab.evaluate(MARK, [LOOKS, seen]))
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in tab.evaluate(ASK, [list(LOOKS), FIELDS, only_looks])
        if rule["impact"] in GRAVE
    ]
