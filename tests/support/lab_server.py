"""JupyterLab on a port of its own, with nothing of the user's: no settings, no trust, no news."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec

from chromium import missing
from pages import ROOT

OPTIONS = (
    "--allow-root --no-browser --ip=127.0.0.1 --ServerApp.port_retries=0 "
    "--LabApp.extension_manager=readonly --LabApp.expose_app_in_browser=True "
    f"--LabApp.extra_labextensions_path={ROOT}/book/_lab"
).split()
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # or the cells below the window are not in the document
    "notebook-extension/tracker": {"windowingMode": "none"},
}
OWN_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",  # holds which notebooks are trusted
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}
PATIENCE = 120  # seconds


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until_it_answers(address, server, log):
    """Wait for the first answer; say what it said if it died."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(f"{address}/api", timeout=5):
                return
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                said = log.read_text(encoding="utf-8")
                raise RuntimeError(f"JupyterLab does not answer:\n{said}") from None
            time.sleep(0.2)


def write_settings(folder):
    """As a user's own choice."""
    for name, values in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def stop(server):
    """Ask it to end, which ends its kernels; do not wait for ever."""
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def served(notebooks, home):
    """A function from the name of a notebook in the folder to the address that opens it alone."""
    if find_spec("jupyterlab") is None:
        missing("there is no JupyterLab", "pip install -r requirements.txt")
    port, token, log = free_port(), secrets.token_hex(), home / "log.txt"
    own = {variable: str(home / name) for variable, name in OWN_FOLDERS.items()}
    address = f"http://127.0.0.1:{port}"
    python_path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    place = [
        f"--port={port}",
        f"--IdentityProvider.token={token}",
        f"--notebook-dir={notebooks}",
    ]
    write_settings(home / OWN_FOLDERS["JUPYTERLAB_SETTINGS_DIR"])
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *OPTIONS, *place],
            env=os.environ | own | {"PYTHONPATH": os.pathsep.join(python_path)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            until_it_answers(address, server, log)
            yield lambda name: f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={token}"
        finally:
            stop(server)
