"""A headless Chromium for the tests, which speaks to this machine alone."""

import contextlib
import os
import shutil

import pytest

# The first is what headless Chromium once was: no window to draw, a tenth less of work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# No other machine has an address, whoever asks: a page, a worker, or the browser itself.
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


def missing(what, remedy):
    """Skip, saying what to run; where everything must be tested, fail."""
    message = f"{what}: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@contextlib.contextmanager
def running():
    """One Chromium. Playwright runs once at a time in a process."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        missing("there is no Chromium", "install it (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield (browser := playwright.chromium.launch(executable_path=executable, args=FLAGS))
        browser.close()


@contextlib.contextmanager
def with_bars(browser):
    """Another of the same, in which what can be scrolled has a bar, as on most desks."""
    executable = next(filter(None, map(shutil.which, BROWSERS)))
    options = {"executable_path": executable, "ignore_default_args": ["--hide-scrollbars"]}
    yield (other := browser.browser_type.launch(args=FLAGS, **options))
    other.close()
