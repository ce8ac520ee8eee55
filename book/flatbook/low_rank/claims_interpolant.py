"""The flattest interpolant is the truth, with a certificate; and the trace orders interpolants."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.low_rank import experiment_sensing as stored
from flatbook.low_rank import factors
from flatbook.low_rank.ladder import correlations, interval
from flatbook.low_rank.sensing import Sensing, certify_truth, draw, flattest_interpolant
from flatlib.training import Table

_beyond = partial(claim, paper="beyond", page="low_rank", verdict="holds")


@_beyond("SR28", place="to Wu et al., section 4", tables=("recovery", "interpolants"))
def flattest_interpolant_is_the_truth(rng: np.random.Generator) -> Check:
    """With a dual certificate every interpolant of least trace, of any width, is the matrix that
    was measured; and over all changes of basis the least trace orders interpolants by their error.

    The certificate is computed; that there is one from some number of measurements on is the
    theorem of Ding et al. The order is what was found for normal measurements and rank 1.
    """
    return Check.all_of(
        "matrices of rank 1 from normal measurements",
        [*_certified(rng), _too_few(rng), *_recovery(stored.RECOVERY.table()),
         *_order(stored.INTERPOLANTS.table()), _other_way(rng)],
    )  # fmt: skip


def _certified(rng: np.random.Generator) -> list[Check]:
    found = []
    for _ in range(5):
        sensing = draw(rng, shape=(10, 10), num=60, rank=1)
        best = flattest_interpolant(sensing)
        proof = certify_truth(sensing, best.dual)
        net = factors.interpolating(sensing, rng, width=10, size=0.1)
        ratio = sensing.least_trace(sensing.truth) / sensing.least_trace(net.matrix)
        found.append((proof.norm, proof.residual, sensing.error(best.matrix), ratio))
    norms, residuals, errors, ratios = np.array(found).T
    return [
        Check.at_most("five draws of 60 measurements: the norm of the certificate, below 1",
                      np.full(5, 1 - 1e-6), norms),
        Check.at_most("its residual", np.full(5, 1e-9), residuals),
        Check.at_most("the error of the flattest interpolant", np.full(5, 1e-9), errors),
        Check.at_most("least trace of the truth over that of another interpolant", np.ones(5),
                      ratios),
    ]  # fmt: skip


def _too_few(rng: np.random.Generator) -> Check:
    sensing = draw(rng, shape=(10, 10), num=20, rank=1)
    proof = certify_truth(sensing, flattest_interpolant(sensing).dual)
    return Check.equal("twenty measurements certify nothing", 0.0, float(proof.holds))


def _recovery(table: Table) -> list[Check]:
    rows = [row for row in table if row["rank"] == 1 and row["num"] >= 45 and row["rows"] == 10]
    few = [row["error"] < 1e-3 for row in table if row["num"] == 20]
    certified = [row["certified"] <= (row["error"] < 1e-3) for row in table]
    return [
        Check.at_most("rank 1, 45 measurements of 100 or more: errors", np.full(len(rows), 1e-9),
                      [row["error"] for row in rows]),
        Check.equal("20 measurements: times that it is the truth", 0, sum(few), tolerance=0.0),
        Check.equal("what is certified is the truth", np.ones(len(certified)),
                    np.array(certified, dtype=float)),
    ]  # fmt: skip


def _order(table: Table) -> list[Check]:
    """Lower and upper ends of the mean rank correlation with the error, two errors away."""
    found = []
    for setting in stored.INTERPOLANTS.settings:
        if setting["rank"] > 1:
            continue
        ends = {name: interval(correlations(table, setting, name)) for name in factors.MEASURES}
        name = f"{setting['rows']} rows, {setting['num']} measurements, start {setting['size']:g}: "
        found.append(
            Check.at_least(f"{name}all changes of basis above units and raw",
                           [ends["units"][1], ends["raw"][1], 0.85], np.full(3, ends["linear"][0]))
        )  # fmt: skip
    return found


def _other_way(rng: np.random.Generator) -> Check:
    """(UG, VG^-T) leaves the measurements alone."""
    sensing = draw(rng, shape=(4, 4), num=10, rank=1)
    net = factors.Factors(rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))
    moved = net.moved(rng.normal(size=(3, 3)) + 2 * np.eye(3))
    return Check.equal("a change of basis leaves the measurements alone", _said(sensing, net),
                       _said(sensing, moved), tolerance=1e-9)  # fmt: skip


def _said(sensing: Sensing, net: factors.Factors) -> np.ndarray:
    return sensing.measure(net.matrix)
