"""The built site, served on this machine, and a headless Chromium that may speak to it alone."""

import functools
import threading
from http.server import ThreadingHTTPServer

import pytest
from chromium import missing
from pages import page_names
from reader import SITE, reading
from serve import Handler


class QuietHandler(Handler):
    """Serves files as `make serve` does, without writing a line for each."""

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


@pytest.fixture(scope="session")
def browser(site, chromium):
    """Chromium, where there is a site for it to open."""
    return chromium


def pytest_generate_tests(metafunc):
    """Each page of the table of contents in turn."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", page_names(), indirect=True, scope="session")


@pytest.fixture(scope="session")
def reader(browser):
    """One tab for the tests that do not mind what was open in it before."""
    with reading(browser) as reader:
        yield reader


@pytest.fixture(scope="session")
def leafing(browser):
    """One tab for the pages that all tests share, which no other test turns to something else."""
    with reading(browser) as reader:
        yield reader


@pytest.fixture(scope="session")
def page(request, site, leafing):
    """A page, opened once for all the tests of it; those that change it come last."""
    return leafing.turn_to(f"{site}/{request.param}.html", request.param)
