"""The claims of one paper with their seeds and planted errors, for the files that run them.

A file of tests runs in one process. All of them in one file would be the floor of the whole run.
"""

import pytest
from tables import gather

import flatbook
from flatbook.experiment import Experiment

REGISTER = flatbook.register()
PLANTED = gather("book/*/planted_*.py", "PLANTED")
SLOW = {"S1"}  # several seconds: once is enough here; with seed 0 the page of the ledger runs all


def seeded(paper):
    """Pairs of a claim and a seed."""
    ids = [id for id, claim in REGISTER.items() if claim.paper == paper]
    return [(id, seed) for id in ids for seed in ([1] if id in SLOW else [1, 2])]


def planted(paper):
    """Pairs of a claim and an error to plant."""
    return [(id, plant) for id, plant in PLANTED if REGISTER[id].paper == paper]


def assert_comes_out(id, seed):
    names, read = set(), Experiment.table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Experiment, "table", lambda self: names.add(self.name) or read(self))
        check = flatbook.outcome(id, seed=seed)
    assert check.holds, str(check)
    assert set(REGISTER[id].tables) == names  # the ledger says which claims are of stored nets


def assert_objects(id, plant):
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert not flatbook.outcome(id).holds
