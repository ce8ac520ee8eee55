"""A headless Firefox for the tests, as Debian has it.

Playwright drives a Firefox of its own, geckodriver is in no package index, and Mozilla's Python
client warns of its own age on import. What all of them speak is Marionette: a line of JSON a call.
"""

import contextlib
import json
import shutil
import socket
import subprocess
import time

from chromium import missing
from playwright.sync_api import TimeoutError

BROWSERS = ("firefox-esr", "firefox")
# A window of Firefox is at least 500 px wide; the page in it can be as narrow as a phone.
WIDTH = """pixels => {
    document.documentElement.style.minWidth = '0';
    gBrowser.selectedBrowser.style.maxWidth = `${pixels}px`; }"""
THEME = """name => Services.prefs.setIntPref(
    'layout.css.prefers-color-scheme.content-override', ['dark', 'light'].indexOf(name))"""
PREFERENCES = {"marionette.port": 0, "ui.prefersReducedMotion": 1}
CALLED = "return typeof it === 'function' ? it(...arguments) : it;"


class Firefox:
    """One tab, which does what the tests ask of one of Playwright's, by the same names."""

    def __init__(self, connection):
        """Greet what listens at the other end of a socket."""
        self.stream = connection.makefile("rwb")
        self._read()
        self.call("WebDriver:NewSession", {})

    def _read(self):
        length = b"".join(iter(lambda: self.stream.read(1), b":"))
        return json.loads(self.stream.read(int(length)))

    def call(self, command, parameters):
        """What Firefox answers to a command; an error it names is raised."""
        message = json.dumps([0, 1, command, parameters]).encode()
        self.stream.write(b"%d:%s" % (len(message), message))
        self.stream.flush()
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"Firefox: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def goto(self, address):
        """Open an address and wait until it is loaded."""
        self.call("WebDriver:Navigate", {"url": address})

    def evaluate(self, expression, arg=None):
        """What an expression is in the page, or what the function that it names returns."""
        script = f"const it = {expression.strip().rstrip(';')}; {CALLED}"
        return self.call("WebDriver:ExecuteScript", {"script": script, "args": [arg]})

    def wait_for_function(self, expression, arg=None, timeout=30_000):
        """Ask again and again, for so many milliseconds, until the answer is true."""
        ends = time.monotonic() + timeout / 1000
        while not self.evaluate(expression, arg):
            if time.monotonic() > ends:
                raise TimeoutError(f"not within {timeout} ms: {expression}")
            time.sleep(0.05)

    def press(self, selector, key):
        """Press a key in the first element that a selector names."""
        found = self.call("WebDriver:FindElement", {"using": "css selector", "value": selector})
        self.call("WebDriver:ElementSendKeys", {"id": next(iter(found.values())), "text": key})

    def in_the_window(self, function, arg):
        """Call a function about the window that the page is shown in."""
        self.call("Marionette:SetContext", {"value": "chrome"})
        self.evaluate(function, arg)
        self.call("Marionette:SetContext", {"value": "content"})


def _connected(profile, patience=60):
    """A socket to a Firefox that has just been started, which writes its port when it is ready."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        with contextlib.suppress(OSError, ValueError):
            port = int((profile / "MarionetteActivePort").read_text(encoding="utf-8"))
            return socket.create_connection(("127.0.0.1", port), timeout=patience)
        time.sleep(0.1)
    raise TimeoutError(f"Firefox was not ready after {patience} seconds")


@contextlib.contextmanager
def running(profile):
    """One Firefox, with its profile in an empty folder."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        missing("there is no Firefox", "install it (Debian: apt-get install firefox-esr)")
    lines = [f"user_pref({name!r}, {value});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    flags = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote"]
    command = [executable, *flags, "--profile", profile]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:
        try:
            with _connected(profile) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
