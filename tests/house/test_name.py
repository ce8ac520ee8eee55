"""On the package index ``flatlib`` is another project: nothing here may send anyone there."""

import re
import tomllib
from pathlib import Path

import pytest

import flatlib

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
KINDS = {".cff", ".cfg", ".ipynb", ".js", ".md", ".py", ".rst", ".toml", ".txt", ".yml", ""}
OURS = re.compile(r"(flatlib|flat[-_.]minima)(\[.*\])?([=<>~!@ ].*)?")
BUILT = {"_build", "_mutants", "_sweeps", "build", "dist", "__pycache__"}
INSTALLS = re.compile(
    r"\b(?:pip3?|pipx|uv|conda|mamba|poetry|pdm)\b[ \w]* (?:install|add)\b[^\n`]*"
)


def texts():
    """All that a reader may come across, without what is built or installed."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        built = any(p.startswith(".") or p in BUILT or p.endswith(".egg-info") for p in parts)
        if path.is_file() and not built and path.suffix in KINDS and path != Path(__file__):
            yield path


def from_an_index(text):
    """Commands that would fetch the library by its name."""
    for command in INSTALLS.findall(text.replace('\\"', '"')):
        words = re.sub(r"[\"'()]", " ", command).split()
        if any(OURS.fullmatch(word.rstrip(".,:;")) for word in words):
            yield command


def test_no_text_says_to_install_it_from_an_index():
    found = {path: list(from_an_index(path.read_text(encoding="utf-8"))) for path in texts()}
    assert len(found) > 500
    assert {path: commands for path, commands in found.items() if commands} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "Run pip install NAME first",
        'needs `pip install "NAME[torch]"`',
        r'"reason": "needs pip install \"NAME[torch]\""',
        "python -m pip install --upgrade 'NAME>=0.1'",
        "pip3 install numpy flat-minima.",
        "uv pip install flat_minima[torch]",
        "conda install -c forge NAME",
        "uv add NAME==0.1.0",
    ],
)
def test_a_planted_advice_is_seen(planted):
    advice = planted.replace("NAME", "flatlib")  # or this file would give it
    assert len(list(from_an_index(advice))) == 1


@pytest.mark.parametrize(
    "text", ["pip install .", 'pip install ".[torch]"', "pip install -r requirements.txt"]
)
def test_a_clone_may_be_installed(text):
    assert list(from_an_index(f"flatlib: `{text}` (flatlib)")) == []


def test_the_distribution_has_a_name_of_its_own_and_cannot_be_uploaded_by_mistake():
    assert PROJECT["name"] == "flat-minima"
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]


def test_readme_and_library_page_say_so():
    for path in ("README.md", "book/api.md"):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(r"`flat-minima` and is on no package index", text)
        assert "astrology" in text


def test_no_code_asks_for_the_version_of_an_installed_flatlib():
    """It may not be installed at all, and the name may be another project's."""
    asks = re.compile(r"(version|distribution|metadata|requires)\(\s*[\"']flatlib[\"']")
    files = [*(ROOT / "flatlib").rglob("*.py"), *(ROOT / "book").rglob("*.py")]
    assert [path for path in files if asks.search(path.read_text(encoding="utf-8"))] == []


def test_the_citation_names_the_version_that_the_package_has():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.*)$", text, re.MULTILINE)[1] == flatlib.__version__
