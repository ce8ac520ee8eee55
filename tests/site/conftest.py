"""The built site, served on this machine, and a headless Chromium that may speak to it alone."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from chromium import missing
from pages import page_names
from reader import SITE, visit


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without writing a line for each."""

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def site():
    """The address of the built site."""
    if not (SITE / "index.html").exists():
        missing("the site is not built", "run make book")
    handler = functools.partial(QuietHandler, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(site, chromium):
    """Chromium, where there is a site for it to open."""
    return chromium


def pytest_generate_tests(metafunc):
    """Each page of the table of contents in turn."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", page_names(), indirect=True, scope="module")


@pytest.fixture(scope="module")
def page(request, site, browser):
    """A page, opened once for all the tests of it, without what their file has no use for."""
    address, without = f"{site}/{request.param}.html", getattr(request.module, "WITHOUT", None)
    with visit(browser, address, request.param, without=without) as page:
        yield page
