"""Serve the built site on this machine, isolated: a page that is run can then be interrupted.

    python book/_tools/serve.py 8000

A page shares memory with its Python only where no other site can reach it, which these headers say.
A notebook that is downloaded names the address of the packages: here it is that of this server.
"""

import re
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pages import ROOT

ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


PACKAGES = re.compile(rb"http://localhost:\d+(?=/_static/wheels)")


class Handler(SimpleHTTPRequestHandler):
    """Serves files, with the two headers."""

    def do_GET(self):
        """A file as it is, but for the address in a notebook."""
        file = Path(self.translate_path(self.path))
        if file.suffix != ".ipynb" or not file.is_file():
            super().do_GET()
            return
        text = PACKAGES.sub(f"http://{self.headers['Host']}".encode(), file.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ipynb+json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def end_headers(self):
        """Add them to each answer."""
        for name, value in ISOLATED.items():
            self.send_header(name, value)
        super().end_headers()


def main(port):
    """Until Ctrl-C."""
    handler = partial(Handler, directory=ROOT / "_build/html")
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://localhost:{port} (Ctrl-C stops it)")
        with suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
