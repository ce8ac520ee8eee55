"""A reader of the site who sees what each page asks for, and is let off this machine by nobody."""

import contextlib
import re
from collections import namedtuple
from functools import cache

from bs4 import BeautifulSoup
from pages import ROOT
from playwright.sync_api import Error

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

FORGET = "() => [localStorage, sessionStorage].forEach(store => store.clear())"
UNFOLD = "document.querySelectorAll('details').forEach(details => details.open = true)"
# What reaches beyond the edge of the window.
WIDE = """() => [...document.querySelectorAll('.bd-article *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3)
    .map(e => e.outerHTML.slice(0, 80))"""

DESK = {"width": 1400, "height": 900}
STILL = {"color_scheme": "light", "reduced_motion": "reduce"}  # no colour caught half way
Page = namedtuple("Page", "name tab requests errors missing")


@cache
def soup(path):
    """A page as its file has it, parsed once for all the tests that only read it."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def at_rest(tab, patience=30):
    """Wait until the page has all that it asked for, for so many seconds at most."""
    tab.wait_for_function(AT_REST, timeout=1000 * patience)


class Reader:
    """One tab, which goes from page to page; what each asks for and complains of is noted apart.

    What pages have in common is fetched and compiled once: most of what it takes to open one.
    """

    def __init__(self, context):
        """A tab of its own in a context."""
        self.tab = context.new_page()
        self.page = None
        context.on("request", lambda request: self.page.requests.append(request.url))
        context.on("requestfailed", self._request_failed)
        self.tab.on("console", self._console)
        self.tab.on("pageerror", lambda error: self.page.errors.append(str(error)))
        self.tab.on("response", self._response)

    def _console(self, message):
        if message.type == "error":
            self.page.errors.append(message.text)

    def _request_failed(self, request):
        if request.failure == "csp":  # the page's own policy forbids it: nobody was asked
            self.page.requests.remove(request.url)

    def _response(self, response):
        if response.status >= 400:
            self.page.missing.append(response.url)

    def turn_to(self, address, name="", first=True):
        """Open a page; on a ``first`` visit by day, at a desk, with nothing in the memory."""
        if self.page and first:
            with contextlib.suppress(Error):  # where nothing could be opened there is no memory
                self.tab.evaluate(FORGET)
            self.tab.emulate_media(**STILL)
            self.tab.set_viewport_size(DESK)
        self.page = Page(name, self.tab, [], [], [])
        self.tab.goto(address, wait_until="load")
        at_rest(self.tab)
        return self.page


@contextlib.contextmanager
def reading(browser, script="", without=None):
    """Someone who comes for the first time, and whom Chromium lets off this machine nowhere.

    ``script`` runs before those of a page; what has ``without`` in its address does not come.
    """
    context = browser.new_context(viewport=DESK, **STILL)
    if without:  # a route for all takes a third of a second a page, and the cache
        context.route(re.compile(re.escape(without)), lambda route: route.abort())
    context.add_init_script(script)
    yield Reader(context)
    context.close()


@contextlib.contextmanager
def visit(browser, address, **options):
    """Open an address in a fresh tab; see ``reading`` for the options."""
    with reading(browser, **options) as reader:
        yield reader.turn_to(address)
