"""requirements.txt and pyproject.toml agree, and the lock has a version for all that they need."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from flatlib._version import VERSION

ROOT = Path(__file__).parents[2]
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PROJECT, ROOMS = (
    tomllib.loads((ROOT / name).read_text(encoding="utf-8"))["project"]
    for name in ("pyproject.toml", "book/pyproject.toml")
)


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


def disagreements(text, project, rooms=ROOMS):
    """Requirements that stand in one of the two places only."""
    sections = requirements_by_section(text)
    core = sections.pop("the library", set())
    ours = sections.pop("the rooms of the book", set()) | {project["name"]}
    development = set().union(*sections.values())
    extras = project["optional-dependencies"]
    return (
        (core ^ set(project["dependencies"]))
        | (ours ^ set(rooms["dependencies"]))
        | (development ^ set(extras["dev"]))
    )


def test_both_files_agree():
    assert not disagreements(REQUIREMENTS, PROJECT)


def test_a_planted_disagreement_is_seen():
    bound = disagreements(REQUIREMENTS.replace("numpy>=2.0.1", "numpy>=1.0"), PROJECT)
    assert bound == {"numpy>=1.0", "numpy>=2.0.1"}
    assert disagreements(REQUIREMENTS.replace("nbval>=0.11\n", ""), PROJECT) == {"nbval>=0.11"}
    assert disagreements(REQUIREMENTS + "\nscapy\n", PROJECT) == {"scapy"}


def test_both_distributions_are_installed_from_this_folder():
    assert REQUIREMENTS.endswith("\n-e .\n-e ./book\n")


def test_both_have_one_version():
    assert ROOMS["version"] == VERSION


# ---- the lock: one version of each package, and nothing missing ----

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def entries(text):
    """One text for each package, with its hashes."""
    return [entry for entry in re.sub(r"\\\n", "", text).splitlines() if entry.strip()]


def pins(text):
    """What the lock holds for this interpreter and system: ``{"numpy": Version("2.4.6"), ...}``."""
    requirements = [Requirement(entry.partition("--hash")[0]) for entry in entries(text)]
    here = [r for r in requirements if r.marker is None or r.marker.evaluate()]
    return {canonicalize_name(r.name): Version(next(iter(r.specifier)).version) for r in here}


def loose(text):
    """Entries that are anything but one version and the SHA-256 of its files."""
    whole = re.compile(r"[\w.-]+==[\w.]+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    return [entry for entry in entries(text) if not whole.fullmatch(entry)]


def unmet(requirements, pinned):
    """Requirements that no pin meets."""
    return {
        str(requirement)
        for requirement in requirements
        if (version := pinned.get(canonicalize_name(requirement.name))) is None
        or not requirement.specifier.contains(version, prereleases=True)
    }


def test_the_lock_meets_every_direct_requirement():
    theirs = [name for name in ROOMS["dependencies"] if name != PROJECT["name"]]
    direct = [*PROJECT["dependencies"], *theirs, *PROJECT["optional-dependencies"]["dev"]]
    assert not unmet(map(Requirement, direct), pins(LOCK))


def test_the_lock_has_what_its_packages_need_in_turn():
    pinned = pins(LOCK)
    for name, version in pinned.items():
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # of the lock, and not of this environment
        if Version(found.version) == version:
            needs = [Requirement(text) for text in found.requires or ()]
            needs = [r for r in needs if r.marker is None or r.marker.evaluate({"extra": ""})]
            assert not unmet(needs, pinned), name


def test_the_lock_has_the_digest_of_each_file_and_no_address():
    assert loose(LOCK) == []
    assert len(pins(LOCK)) > 100
    one = LOCK.partition("\nnumpy==")[0]
    for planted in ("numpy==2.0", "--index-url https://a.b", "numpy @ https://a.b", "-e ."):
        assert loose(f"{one}\n{planted}\n") == [planted]


def test_a_planted_gap_in_the_lock_is_seen():
    without = "\n".join(entry for entry in entries(LOCK) if not entry.startswith("numpy=="))
    assert unmet([Requirement("numpy>=2.0")], pins(without)) == {"numpy>=2.0"}
    assert unmet([Requirement("numpy>=99")], pins(LOCK)) == {"numpy>=99"}
