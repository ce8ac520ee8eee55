"""requirements.txt and pyproject.toml name the same direct dependencies, with the same bounds."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements_by_section(text):
    """``{"the library": {"numpy>=2.0", ...}, ...}``: a section begins after an empty line."""
    sections, name = {}, None
    for previous, line in zip(["", *text.splitlines()], text.splitlines(), strict=False):
        bare = re.sub(r"\s*#.*", "", line).strip()
        if line.startswith("# ") and not previous.strip():
            name = line[2:]
        elif bare and not bare.startswith("-e"):
            sections.setdefault(name, set()).add(bare)
    return sections


def disagreements(text, project):
    """Requirements that stand in one of the two places only."""
    sections = requirements_by_section(text)
    core = sections.pop("the library", set())
    development = set().union(*sections.values())
    extras = project["optional-dependencies"]
    return (core ^ set(project["dependencies"])) | (development ^ set(extras["dev"]))


def test_both_files_agree():
    assert not disagreements(REQUIREMENTS, PROJECT)


def test_a_planted_disagreement_is_seen():
    bound = disagreements(REQUIREMENTS.replace("numpy>=2.0", "numpy>=1.0"), PROJECT)
    assert bound == {"numpy>=1.0", "numpy>=2.0"}
    assert disagreements(REQUIREMENTS.replace("nbval>=0.11\n", ""), PROJECT) == {"nbval>=0.11"}
    assert disagreements(REQUIREMENTS + "\nscapy\n", PROJECT) == {"scapy"}


def test_the_library_itself_is_installed_from_this_folder():
    assert re.search(r"^-e \.$", REQUIREMENTS, re.MULTILINE)
