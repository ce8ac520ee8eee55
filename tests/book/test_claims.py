"""The register: each claim comes out, with other seeds than the ledger's, and is documented."""

import pytest

import flatbook
from flatbook.claim import PAPERS, VERDICTS
from flatbook.experiment import Experiment

REGISTER = flatbook.register()
SLOW = {"S1"}  # several seconds: once is enough here; with seed 0 the page of the ledger runs all
SEEDED = [(id, seed) for id in REGISTER for seed in ([1] if id in SLOW else [1, 2])]


@pytest.mark.parametrize(("id", "seed"), SEEDED)
def test_claim_comes_out(id, seed, monkeypatch):
    names, read = set(), Experiment.table
    monkeypatch.setattr(Experiment, "table", lambda self: names.add(self.name) or read(self))
    check = flatbook.outcome(id, seed=seed)
    assert check.holds, str(check)
    assert set(REGISTER[id].tables) == names  # the ledger says which claims are of stored nets


def test_claims_are_documented():
    for claim in REGISTER.values():
        assert claim.statement.endswith("."), claim.id
        assert claim.verdict in VERDICTS
        assert claim.paper in PAPERS
