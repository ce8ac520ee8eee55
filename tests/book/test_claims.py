"""The register: each claim comes out, with other seeds than the ledger's, and is documented."""

import os
from pathlib import Path

import pytest
from planting import object_at_once
from tables import load

import flatbook
from flatbook.claim import PAPERS, VERDICTS
from flatbook.experiment import Experiment

HERE = Path(__file__).parent
REGISTER = flatbook.register()
# With seed 0 the page of the ledger runs all; the nightly run takes ten seeds in all.
SEEDS = range(1, 10) if os.environ.get("EVERYWHERE") == "on" else [1]
SEEDED = [(id, seed) for id in REGISTER for seed in SEEDS]


@pytest.mark.parametrize(("id", "seed"), SEEDED)
def test_claim_comes_out(id, seed, monkeypatch):
    names, read = set(), Experiment.table
    monkeypatch.setattr(Experiment, "table", lambda self: names.add(self.name) or read(self))
    object_at_once(monkeypatch)  # no part may fail in a claim that holds: test_planted asks no more
    assert flatbook.outcome(id, seed=seed).holds
    assert set(REGISTER[id].tables) == names  # the ledger says which claims are of stored nets


def test_claims_are_documented():
    for claim in REGISTER.values():
        assert claim.statement.endswith("."), claim.id
        assert claim.verdict in VERDICTS
        assert claim.paper in PAPERS


def test_the_errors_of_a_claim_lie_in_the_folder_of_its_page():
    files = sorted(HERE.glob("*/planted_*.py"))
    placed = {(id, path.parent.name) for path in files for id, _ in load(path).PLANTED}
    assert placed == {(id, claim.page) for id, claim in REGISTER.items()}
