"""The check of each claim objects when an error is planted."""

import pytest
from planting import Objection, object_at_once
from tables import gather

import flatbook

PLANTED = gather("book/*/planted_*.py", "PLANTED")


def test_every_claim_has_a_planted_error():
    assert {id for id, _ in PLANTED} == set(flatbook.register())


@pytest.mark.parametrize(("id", "plant"), PLANTED)
def test_claim_objects_to_a_planted_error(id, plant, monkeypatch):
    plant(monkeypatch)
    object_at_once(monkeypatch)
    with pytest.raises(Objection):
        flatbook.outcome(id)
