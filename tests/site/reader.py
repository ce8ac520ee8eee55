"""A reader of the site who sees what each page asks for, and is let off this machine by nobody."""

import contextlib
from collections import namedtuple

from pages import ROOT

SITE = ROOT / "_build" / "html"
# What belongs to this machine: the server, files, and what a page holds itself.
OURS = ("http://127.0.0.1", "file://", "data:", "blob:")
# The page itself says when it is at rest: what it loads is here, its fonts too, and nothing that
# MathJax asked for is under way. (Playwright's "networkidle" is now and then never told of the end
# of a request, and a page was then held to be loading for half a minute.)
# A function: of an expression Playwright makes one in the page, whose policy forbids it.
AT_REST = """async () => {
    const set = window.MathJax?.startup?.promise;
    if (document.readyState !== 'complete' || (window.MathJax && !set)) return false;
    await set;
    await document.fonts.ready;
    const parts = window.MathJax?._?.components?.package?.Package?.packages ?? new Map();
    return ![...parts.values()].some(part => part.isLoading); }"""

UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"
# What reaches beyond the edge of the window.
WIDE = """() => [...document.querySelectorAll('.bd-article *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
    .map(e => e.outerHTML.slice(0, 80))"""

Page = namedtuple("Page", "name tab requests errors missing")


def at_rest(tab, patience=30):
    """Wait until the page has all that it asked for, for so many seconds at most."""
    tab.wait_for_function(AT_REST, timeout=1000 * patience)


@contextlib.contextmanager
def visit(browser, address, name="", script="", without=None):
    """Open an address in a fresh tab; log what it asks for, and let nothing leave the machine.

    ``script`` runs before those of the page; what has ``without`` in its address does not come.
    """
    still = {"color_scheme": "light", "reduced_motion": "reduce"}  # no colour caught half way
    context = browser.new_context(viewport={"width": 1400, "height": 900}, **still)
    page = Page(name, context.new_page(), [], [], [])

    def route(request):
        page.requests.append(request.request.url)
        url = request.request.url
        ours = url.startswith(OURS) and not (without and without in url)
        request.continue_() if ours else request.abort()

    context.route("**/*", route)
    context.add_init_script(script)
    page.tab.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.tab.on("pageerror", lambda error: page.errors.append(str(error)))
    page.tab.on("response", lambda r: page.missing.append(r.url) if r.status >= 400 else None)
    page.tab.goto(address, wait_until="load")
    at_rest(page.tab)
    yield page
    context.close()
