"""Errors planted in what the claims on optimizers, starts, basins and the networks rest on."""

import numpy as np
from scipy import stats

from flatbook.experiment import Experiment
from flatbook.optimizers import claims_initializations, claims_optimizers, claims_positive_measure
from flatbook.own_networks import claims
from flatlib import networks
from flatlib.training import Table


def _table(experiment, values, **where):
    """The stored table with one net's results replaced: the first with these settings."""

    def plant(monkeypatch):
        true = Experiment.table

        def table(self):
            read = true(self)
            if self.name != experiment:
                return read
            rows, found = list(read.rows), read.where(**where)[0]
            rows[rows.index(found)] = {**found, **values}
            return Table(tuple(rows), read.provenance)

        monkeypatch.setattr(Experiment, "table", table)

    return plant


def _off(module, name, factor=1.001):
    def plant(monkeypatch):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args: factor * true(*args))

    return plant


def _follow(module, **factors):
    """What a start near a bad minimum leads to, spoiled."""

    def plant(monkeypatch):
        true = module.follow

        def follow(bad, start):
            end = true(bad, start)
            return end._replace(**{k: f * getattr(end, k) for k, f in factors.items()})

        monkeypatch.setattr(module, "follow", follow)

    return plant


def _printed(name, key, value):
    def plant(monkeypatch):
        monkeypatch.setattr(
            claims_optimizers, name, {**getattr(claims_optimizers, name), key: value}
        )

    return plant


def _batches_are_swapped(monkeypatch):
    true = claims_optimizers.compare
    monkeypatch.setattr(
        claims_optimizers, "compare", lambda full, mini, runs: true(mini, full, runs)
    )


def _runs_are_swapped(monkeypatch):
    true = claims_optimizers.paired
    monkeypatch.setattr(claims_optimizers, "paired", lambda full, mini: true(mini, full))


def _pairs_are_forgotten(monkeypatch):
    """Welch, as if the two runs of a start had nothing in common."""

    def welch(full, mini):
        test = stats.ttest_ind(mini, full, equal_var=False)
        ends = test.confidence_interval(0.95)
        return claims_optimizers.Paired(
            np.mean(mini - full), ends.low, ends.high, test.statistic, test.pvalue
        )

    monkeypatch.setattr(claims_optimizers, "paired", welch)


def _t_is_off(monkeypatch):
    true = claims_optimizers.compare
    monkeypatch.setattr(
        claims_optimizers, "compare", lambda *args: true(*args)._replace(t=1.001 * true(*args).t)
    )


def _starts_are_far(module):
    def plant(monkeypatch):
        true = claims_positive_measure.BadMinimum.nearby
        monkeypatch.setattr(
            claims_positive_measure.BadMinimum,
            "nearby",
            lambda self, rng: true(self, rng, radius=20.0),
        )

    return plant


def _branches_are_folded(module):
    def plant(monkeypatch):
        true = module.two_branches
        monkeypatch.setattr(module, "two_branches", lambda starts: abs(true(starts)))

    return plant


def _biases_in_front_of_normalization(monkeypatch):
    true = networks.resnet_parts
    monkeypatch.setattr(
        claims, "resnet_parts", lambda name: {k: 1.2 * n for k, n in true(name).items()}
    )


BAD = {"test_accuracy": 0.3}
PLANTED = [
    ("WU-R2", _table("optimizers", BAD, role="sNIN", batch="full")),
    (
        "WU-R2",
        _printed("TABLE_2", "U[0, 1]", (((99.8, 0.3), (99.0, 0.2)), ((100, 0), (84.4, 0.6)))),
    ),
    ("WU-R2", _follow(claims_optimizers, error=0.01)),
    ("WU-Tab1", _table("optimizers", BAD, role="dense")),
    ("WU-Tab1", _table("optimizers", {"loss": 0.03}, role="LeNet")),
    ("WU-Tab1", _runs_are_swapped),
    ("WU-Tab1", _pairs_are_forgotten),
    ("S18", _printed("TABLE_1", "LeNet", ((97.35, 0.05), (97.87, 0.28)))),
    ("S18", _batches_are_swapped),
    ("S18", _t_is_off),
    ("WU-Tab2", _table("initializations", BAD, law="He")),
    ("WU-Tab2", _table("initializations", {"train_accuracy": 0.9}, law="deviation 0.1")),
    ("WU-Tab2", _table("uniform_starts", {"train_accuracy": 0.9}, rate=1e-5)),
    ("WU-E4", _table("initializations", BAD, law="He")),
    ("WU-E4", _table("optimizers", BAD, role="dense")),
    ("WU-E4", _table("initializations", {"train_accuracy": 1.0}, role="LeNet", law="U[0, 1]")),
    ("WU-E4", _off(claims_initializations, "excluded")),
    ("WU-E5", _branches_are_folded(claims_initializations)),
    ("WU-E5", _follow(claims_initializations, error=0.01)),
    ("WU-E5", _follow(claims_initializations, loss=1e9)),
    ("S17", _follow(claims_positive_measure, loss=1e9)),
    ("S17", _follow(claims_positive_measure, error=0.01)),
    ("S17", _follow(claims_positive_measure, bound=0.1)),
    ("S17", _starts_are_far(claims_positive_measure)),
    ("S17", _branches_are_folded(claims_positive_measure)),
    ("S17", _off(claims_positive_measure, "two_branches")),
    ("S17", _off(claims_positive_measure, "excluded")),
    ("WU-AA", _off(claims, "gibibytes", 1000)),
    ("WU-AA", lambda patch: patch.setattr(claims, "PRINTED", 3782)),
    ("WU-AA", lambda patch: patch.setattr(claims, "mlenet", networks.lenet)),
    ("WU-AA", _biases_in_front_of_normalization),
]
