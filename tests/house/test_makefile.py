"""The Makefile with tools that only write down how they are called: what is set up, and when."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = """#!/bin/sh
echo "begin $(basename "$0") $*" >> "$TOOLS_LOG"
case "$*" in
  "-m venv "*)
    for folder; do :; done
    case "$*" in *--clear*) rm -rf "$folder" ;; esac
    mkdir -p "$folder/bin"
    for name in python ruff mypy jupyter-book; do cp "$0" "$folder/bin/$name"; done ;;
  "build . "*) sleep 0.3; test -d _build && echo "the site was there" >> "$TOOLS_LOG" ;;
  *"pytest"*) sleep 0.1 ;;
  "-m uv pip"*) exit ${UV_STATUS:-0} ;;
esac
echo "end $(basename "$0")" >> "$TOOLS_LOG"
exit 0
"""
FILES = (
    "Makefile",
    "pyproject.toml",
    "book/pyproject.toml",
    "requirements.txt",
    "requirements.lock",
)
HASHED = "--require-hashes -r requirements.lock"
LATEST = "--python .venv/bin/python -r requirements.txt"
BY_PIP = "disable-pip-version-check -r requirements.txt"

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


class Clone:
    """A folder with the Makefile and two Pythons, and a log of all that they were asked for."""

    def __init__(self, folder):
        self.folder, self.log = folder / "clone", folder / "log"
        self.folder.mkdir()
        for name in FILES:
            (self.folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.folder / name)
        for name in ("python3", "another"):
            (folder / name).write_text(TOOL, encoding="utf-8")
            (folder / name).chmod(0o755)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        for name in ("PYTHON", "LOCKED", "MADE", "EXECUTE", "SLOW"):
            inherited.pop(name, None)
        path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        self.env = {**inherited, "PATH": path, "TOOLS_LOG": str(self.log)}

    def make(self, *words, status=0):
        """What the tools were asked for, one text."""
        self.log.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["make", *words], cwd=self.folder, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout if status else self.log.read_text(encoding="utf-8")


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


def test_a_bare_clone_is_set_up_once(clone):
    first = clone.make("lint")
    assert LATEST in first
    assert "venv" not in clone.make("lint")
    (clone.folder / "requirements.txt").touch()
    again = clone.make("lint")
    assert LATEST in again
    assert "--clear" not in again


def test_where_uv_finds_no_packages_pip_installs_them(clone):
    assert BY_PIP not in clone.make("lint")
    (clone.folder / "requirements.txt").touch()
    clone.env["UV_STATUS"] = "2"
    said = clone.make("lint")
    assert said.index(LATEST) < said.index(BY_PIP)


def test_the_lock_is_installed_into_an_environment_that_is_there(clone):
    clone.make("lint")
    locked = clone.make("lint", "LOCKED=on")
    assert "python3 -m venv --clear .venv" in locked
    assert HASHED in locked
    assert "--no-deps --no-build-isolation -e . -e ./book" in locked
    assert LATEST not in locked
    assert "uv" not in locked  # which the lock does not name
    assert "venv" not in clone.make("lint")  # not given: it stays as it was
    (clone.folder / "requirements.lock").touch()
    assert HASHED in clone.make("lint")
    assert LATEST in clone.make("lint", "LOCKED=off")
    assert "LOCKED is on or off, got yes." in clone.make("lint", "LOCKED=yes", status=2)


def test_another_python_is_used_though_an_environment_is_there(clone):
    clone.make("lint")
    assert "another -m venv --clear .venv" in clone.make("lint", "PYTHON=another")
    assert "venv" not in clone.make("lint")
    clone.env["PYTHON"] = "python3"
    assert "python3 -m venv --clear .venv" in clone.make("lint")


def test_a_clone_that_was_moved_is_set_up_again_before_the_site_is_removed(clone, tmp_path):
    clone.make("lint")
    clone.folder = clone.folder.rename(tmp_path / "moved")
    (clone.folder / "_build").mkdir()
    said = clone.make("book")
    assert said.index("venv --clear") < said.index("jupyter-book build")
    clone.folder = clone.folder.rename(tmp_path / "again")
    (clone.folder / "_build").mkdir(exist_ok=True)
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    clone.make("book", status=2)
    assert (clone.folder / "_build").is_dir()


def test_an_environment_whose_python_is_gone_is_made_again(clone):
    clone.make("lint")
    python = clone.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3.9")
    assert "venv --clear" in clone.make("lint")


def test_two_targets_at_a_time_run_one_after_the_other(clone):
    clone.make("lint")
    lines = clone.make("-j4", "book", "test").splitlines()
    assert [line.split()[0] for line in lines if "site was" not in line] == ["begin", "end"] * 3
    assert "jupyter-book" in lines[0]


def test_the_slowest_tests_are_listed_where_they_are_asked_for(clone):
    clone.make("lint")
    assert clone.make("test", "SLOW=on").count("--durations=10 --durations-min=0.5") == 2
    plain = clone.make("test")
    assert plain.count("begin python -m pytest") == 2
    assert "--durations" not in plain


def test_clean_keeps_the_nets_that_took_hours(clone):
    for name in ("_sweeps", "_build", "build", "dist", ".venv"):
        (clone.folder / name).mkdir()
    clone.make("clean")
    folders = sorted(path.name for path in clone.folder.iterdir() if path.is_dir())
    assert folders == ["_sweeps", "book"]


def test_what_is_built_is_ignored():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".venv/", "_build/", "_sweeps/", "build/", "dist/"} <= set(ignored)
