"""Put Python for the browser into the built site: its pages can then be run where they are read.

    python book/_tools/live.py               # writes _build/html/_static/live
    python book/_tools/live.py FOLDER        # its files from a folder instead of the package index

``live.json`` names each file with its SHA-256, a package on the index that holds them, and the
archive of the project that made them: unpack that one, and give its folder. The packages in plain
Python are those that ``requirements.lock`` names; ours lie on the site. Nothing of it is in git.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from pages import ROOT

SITE = ROOT / "_build/html"
LIVE = SITE / "_static/live"
KEPT = ROOT / "_live"  # what was fetched: `make clean` leaves it
RUNTIME = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PLAIN = ("autograd", "platformdirs", "tqdm")
OURS = ("flat_minima", "flat_minima_book")


def digest(path):
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def require(path, expected):
    """Refuse a file that is not the one that was pinned."""
    found = digest(path)
    if found != expected:
        raise SystemExit(f"{path} must have the SHA-256 {expected}, got {found}. Delete it.")
    return path


def pinned(name):
    """A package as requirements.lock names it, with all its digests."""
    return re.search(rf"^{name}==(?:.*\\\n)*.*", LOCK, re.MULTILINE)[0]


def fetch(requirement):
    """A wheel from the package index, which pip compares with its digests."""
    KEPT.mkdir(exist_ok=True)
    listed = KEPT / "requirements.txt"
    listed.write_text(requirement, encoding="utf-8")
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "download", *options, "--only-binary=:all:"]
    subprocess.run([*command, "--dest", KEPT, "--requirement", listed], check=True)


def wheel_of(requirement):
    """Where a pinned package lies, which is fetched if it is not there."""
    name, version = re.match(r"(\S+)==(\S+)", requirement).groups()
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not any(KEPT.glob(pattern)):
        fetch(requirement)
    (wheel,) = KEPT.glob(pattern)
    if digest(wheel) not in requirement:
        raise SystemExit(f"{wheel} is not the one that is pinned. Delete it.")
    return wheel


def runtime_files(folder):
    """Pyodide's files, each compared with its digest; from the wheel where no folder is given."""
    if folder is None:
        folder = KEPT
        if not all((KEPT / name).exists() for name in RUNTIME["files"]):
            unpack(wheel_of(f"{RUNTIME['package']} --hash=sha256:{RUNTIME['sha256']}"))
    return [require(folder / name, known) for name, known in RUNTIME["files"].items()]


def unpack(wheel):
    """Keep the files that are needed, and not the wheel that holds them and much else."""
    with zipfile.ZipFile(wheel) as archive:
        for name in RUNTIME["files"]:
            (KEPT / name).write_bytes(archive.read(f"{RUNTIME['folder']}/{name}"))
    wheel.unlink()


def own_wheels():
    """The library and the rooms of the book, as the site offers them."""
    return [next((SITE / "_static/wheels").glob(f"{name}-[0-9]*.whl")) for name in OURS]


def entry(path):
    """A package as Pyodide's own list describes it."""
    name, version = path.name.removesuffix(".zip").split("-")[:2]
    shared = path.suffix == ".zip"
    return {
        "name": name.replace("_", "-"),
        "version": version,
        "file_name": path.name,
        "install_dir": "dynlib" if shared else "site",
        "sha256": digest(path),
        "package_type": "shared_library" if shared else "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }


def main(folder=None):
    """Fetch, compare, copy, and list."""
    files = [
        *runtime_files(folder and Path(folder)),
        *(wheel_of(pinned(name)) for name in PLAIN),
        *own_wheels(),
    ]
    LIVE.mkdir(parents=True, exist_ok=True)
    for path in files:
        shutil.copy(path, LIVE)
    packages = {e["name"]: e for e in map(entry, (path for path in files if "-" in path.name))}
    megabytes = round(sum(path.stat().st_size for path in files) / 1e6)
    listed = {"info": RUNTIME["info"], "megabytes": megabytes, "packages": packages}
    (LIVE / "pyodide-lock.json").write_text(json.dumps(listed, indent=1), encoding="utf-8")
    print(f"{megabytes} MB in {LIVE}")


if __name__ == "__main__":
    main(*sys.argv[1:])
