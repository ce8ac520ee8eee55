"""Every claim of the register comes out, and objects when an error is planted."""

import pytest
from tables import gather

from flatlib import claims

REGISTER = claims.register()
PLANTED = gather("planted_*.py", "PLANTED")
SLOW = {"S1"}  # several seconds: once is enough here; with seed 0 the page of the ledger runs all


@pytest.mark.parametrize(
    ("id", "seed"), [(id, seed) for id in REGISTER for seed in ([1] if id in SLOW else [1, 2])]
)
def test_claim_comes_out(id, seed):
    check = claims.check(id, seed=seed)
    assert check.holds, str(check)


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
