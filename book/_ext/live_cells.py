"""Sphinx extension of the book: the button "Run this page" on each notebook page.

Its script is on those pages alone, and so is what their policy allows more: a worker made by the
page, in which Python runs, and WebAssembly, which is what Python for a browser is. Neither lets
anything be asked of another host. A page that needs what no browser has (PyTorch) gets no button.
"""

import json
from pathlib import Path

ALLOWED_TOO = {"script-src": "'wasm-unsafe-eval'", "worker-src": "blob:"}


def runs_in_a_browser(app, pagename):
    """Whether a page is a notebook that asks for nothing beyond what the book installs."""
    if pagename not in app.env.found_docs:
        return False
    path = Path(app.env.doc2path(pagename))
    if path.suffix != ".ipynb":
        return False
    return "requires" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]


def policy(app, pagename, allowed):
    """What a page may fetch and run, as its browser reads it; ``allowed`` by all pages."""
    more = ALLOWED_TOO if runs_in_a_browser(app, pagename) else {}
    rules = {what: f"{allowed.get(what, '')} {more.get(what, '')}" for what in {**allowed, **more}}
    return "; ".join(f"{what} {' '.join(where.split())}" for what, where in rules.items())


def add_button(app, pagename, templatename, context, doctree):
    """The script that puts the button under the title."""
    if runs_in_a_browser(app, pagename):
        app.add_js_file("live.js", loading_method="defer")


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", add_button)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
