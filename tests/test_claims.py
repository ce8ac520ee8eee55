"""Every claim of the register comes out, and objects when an error is planted."""

import pytest
from tables import gather

from flatlib import claims
from flatlib.experiments import Experiment

REGISTER = claims.register()
PLANTED = gather("planted_*.py", "PLANTED")
SLOW = {"S1"}  # several seconds: once is enough here; with seed 0 the page of the ledger runs all


@pytest.fixture
def tables_read(monkeypatch):
    """Names of the stored experiments that are read from now on."""
    names, read = set(), Experiment.table
    monkeypatch.setattr(Experiment, "table", lambda self: names.add(self.name) or read(self))
    return names


@pytest.mark.parametrize(
    ("id", "seed"), [(id, seed) for id in REGISTER for seed in ([1] if id in SLOW else [1, 2])]
)
def test_claim_comes_out(id, seed, tables_read):
    check = claims.check(id, seed=seed)
    assert check.holds, str(check)
    assert (
        set(REGISTER[id].tables) == tables_read
    )  # the ledger says which claims are of stored nets


@pytest.mark.parametrize(("id", "plant"), PLANTED)
def test_claim_objects_to_a_planted_error(monkeypatch, id, plant):
    plant(monkeypatch)
    assert not claims.check(id).holds


def test_every_claim_has_a_planted_error():
    assert {id for id, _ in PLANTED} == set(REGISTER)


def test_claims_are_documented():
    for claim in REGISTER.values():
        assert claim.statement.endswith("."), claim.id
        assert claim.verdict in claims.VERDICTS
        assert claim.paper in claims.PAPERS
