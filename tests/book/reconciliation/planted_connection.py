"""Errors planted in the ways from good minima to bad ones."""

import numpy as np

from flatbook.reconciliation import claims_connection, ways
from flatlib.training import Table


def _column_is(name, change):
    """One column of the stored ways as it is not."""

    def plant(monkeypatch):
        true = Table.__getitem__

        def twin(table, which):
            found = true(table, which)
            return change(found.copy()) if which == name else found

        monkeypatch.setattr(Table, "__getitem__", twin)

    return plant


def _raise_one_step(highest):
    highest[11, 70] = 1.1e-5
    return highest


_barrier_on_a_step = _column_is("highest", _raise_one_step)
_ways_between_good_nets = _column_is("accuracy", lambda found: np.tile(found[:, :1], 101))


def _ends_only(monkeypatch):
    """The loss of a segment taken at its two ends: where nothing can be seen."""

    def twin(network, here, there, inputs, targets):
        nets = [network.predict(params, inputs)[:, 0] for params in (here, there)]
        return max(float(((said - targets) ** 2).mean()) for said in nets)

    monkeypatch.setattr(ways, "highest_loss", twin)


def _no_net_in_the_middle(monkeypatch):
    """Segments above the limit taken as they are."""
    monkeypatch.setattr(
        ways,
        "_cross",
        lambda network, here, there, examples, limit, halvings: [
            (there, ways.highest_loss(network, here, there, *examples))
        ],
    )


def _second_input_enters(monkeypatch):
    """An example on which the two functions of one unit differ."""
    true = claims_connection.highest_loss
    monkeypatch.setattr(
        claims_connection,
        "highest_loss",
        lambda net, a, b, x, y: true(net, a, b, np.add(x, [[0, 1e-3]]), y),
    )


def _mass_of_a_wider_strip(monkeypatch):
    true = claims_connection.prior.mass
    monkeypatch.setattr(claims_connection.prior, "mass", lambda p, s: true(p, 1.1 * s))


def _another_table(monkeypatch):
    """Bad ends that are no nets of the ranking: their order is off by one."""
    twin = _column_is("unused_accuracy", lambda found: np.roll(found, 1))
    twin(monkeypatch)


PLANTED = [
    ("EXT17", _barrier_on_a_step),
    ("EXT17", _ways_between_good_nets),
    ("EXT17", _ends_only),
    ("EXT17", _no_net_in_the_middle),
    ("EXT17", _second_input_enters),
    ("EXT17", _mass_of_a_wider_strip),
    ("EXT17", _another_table),
]
