"""A reader of the site who sees what each page asks for, and is let off this machine by nobody."""

import contextlib
from collections import namedtuple

from pages import ROOT

SITE = ROOT / "_build" / "html"
# What belongs to this machine: the server, files, and what a page holds itself.
OURS = ("http://127.0.0.1", "file://", "data:", "blob:")
# A function: of an expression Playwright makes one in the page, whose policy forbids it.
SETTLED = """() => document.readyState === 'complete'
    && (!window.MathJax || MathJax.startup?.promise)"""

Page = namedtuple("Page", "name tab requests errors missing")


@contextlib.contextmanager
def visit(browser, address, name="", script=""):
    """Open an address in a fresh tab; log what it asks for, and let nothing leave the machine.

    ``script`` runs before those of the page.
    """
    still = {"color_scheme": "light", "reduced_motion": "reduce"}  # no colour caught half way
    context = browser.new_context(viewport={"width": 1400, "height": 900}, **still)
    page = Page(name, context.new_page(), [], [], [])

    def route(request):
        page.requests.append(request.request.url)
        ours = request.request.url.startswith(OURS)
        request.continue_() if ours else request.abort()

    context.route("**/*", route)
    context.add_init_script(script)
    page.tab.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.tab.on("pageerror", lambda error: page.errors.append(str(error)))
    page.tab.on("response", lambda r: page.missing.append(r.url) if r.status >= 400 else None)
    page.tab.goto(address, wait_until="load")
    page.tab.wait_for_function(SETTLED)
    page.tab.wait_for_load_state("networkidle")
    yield page
    context.close()
