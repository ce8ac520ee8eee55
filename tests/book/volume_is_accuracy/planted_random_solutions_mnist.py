"""Errors planted in the tables of random solutions on MNIST."""

import numpy as np

from flatbook.volume_is_accuracy import claims_mnist
from flatlib.training import Table


class _Stored:
    """An experiment whose rows have been changed."""

    def __init__(self, experiment, change):
        true = experiment.table()
        self._table = Table(tuple(row | change(row) for row in true), true.provenance)

    def table(self):
        return self._table


def _change(monkeypatch, name, change):
    monkeypatch.setattr(claims_mnist, name, _Stored(getattr(claims_mnist, name), change))


def _nats_for_bits(monkeypatch):
    _change(monkeypatch, "RANDOM_SOLUTIONS", lambda row: {"bits": row["bits"] * np.log(2)})


def _the_next_label_is_counted(monkeypatch):
    _change(monkeypatch, "GUESSED", lambda row: {"fits": np.append(row["fits"][1:], 0)})


def _starts_are_mixed_up(monkeypatch):
    _change(monkeypatch, "RANDOM_SOLUTIONS", lambda row: {"descents": row["descents"][::-1]})


def _coins_cost_a_bit(monkeypatch):
    def wrong(row):
        return {"bits": np.arange(1.0, 1 + row["count"])} if row["labels"] == "coin" else {}

    _change(monkeypatch, "RANDOM_SOLUTIONS", wrong)


PLANTED = [
    ("SR35", _nats_for_bits),
    ("SR35", _the_next_label_is_counted),
    ("SR35", _starts_are_mixed_up),
    ("SR35", _coins_cost_a_bit),
]
