"""What the checks on each change may do, and on which Pythons they run."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml")}
TEXT = TEXTS["ci.yml"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def moving(text):
    """Actions that are not named by a commit, with the version it was in a comment."""
    fixed = re.compile(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    return [
        line.strip() for line in text.splitlines() if "uses:" in line and not fixed.search(line)
    ]


def steps(text):
    for job in yaml.safe_load(text)["jobs"].values():
        yield from job["steps"]


def keeps_its_token(text):
    """Checkouts that leave the token behind for every later step to read."""
    checkouts = [step for step in steps(text) if "actions/checkout@" in step.get("uses", "")]
    assert checkouts
    return [s for s in checkouts if s.get("with", {}).get("persist-credentials") is not False]


@pytest.mark.parametrize("name", TEXTS)
def test_actions_are_named_by_commit(name):
    assert moving(TEXTS[name]) == []


@pytest.mark.parametrize("name", TEXTS)
def test_no_checkout_keeps_its_token(name):
    assert keeps_its_token(TEXTS[name]) == []


@pytest.mark.parametrize("planted", ["@v4", "@11bd719 # v4.2.2", "@main # v4.2.2"])
def test_a_planted_tag_is_seen(planted):
    assert moving(f"      - uses: actions/checkout{planted}") != []
    assert keeps_its_token(TEXT.replace("persist-credentials: false", "persist-credentials: true"))


def test_each_python_runs_with_the_lock_and_without():
    (matrix,) = (
        job["strategy"]["matrix"]
        for job in yaml.safe_load(TEXT)["jobs"].values()
        if "strategy" in job
    )
    named = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert matrix == {"python": named, "locked": ["off", "on"]}
    assert PROJECT["requires-python"] == f">={named[0]}"


@pytest.mark.parametrize("name", TEXTS)
def test_the_token_reads_unless_a_job_must_publish_and_runs_do_not_overlap(name):
    workflow = yaml.safe_load(TEXTS[name])
    assert workflow["permissions"] == {"contents": "read"}
    writing = [job for job, does in workflow["jobs"].items() if "permissions" in does]
    assert writing == ["publish"] * (name == "ci.yml")
    assert "github.ref" in workflow["concurrency"]["group"]
