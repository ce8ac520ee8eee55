"""Errors planted in what the claims on spectra and basins rest on."""

from dataclasses import replace

import numpy as np

from flatbook.spectra_and_basins import claims_basins, claims_bowl, claims_frobenius, claims_spectra
from flatlib.curvature import _differences
from flatlib.measures import TwoWells
from flatlib.training import Table


def _off(module, name, factor=1.001):
    """What a function returns 0.1 % off."""

    def plant(monkeypatch):
        true = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: factor * true(*a, **k))

    return plant


def _half_is_forgotten(monkeypatch):
    """V(k) taken for the whole of the log volume."""
    true = claims_bowl.bowl_log_volume
    monkeypatch.setattr(
        claims_bowl,
        "bowl_log_volume",
        lambda values, height: (
            true(values, height) - 0.5 * np.sum(np.log(np.maximum(values, 1e-300)))
        ),
    )


def _ellipsoid_is_a_box(monkeypatch):
    true = claims_bowl.bowl_log_volume
    monkeypatch.setattr(
        claims_bowl, "bowl_log_volume", lambda values, height: true(values, height) + 0.05
    )


def _decimal_for_natural(monkeypatch):
    true = claims_bowl.log_product
    monkeypatch.setattr(
        claims_bowl,
        "log_product",
        lambda objective, params, k, base="10": true(objective, params, k),
    )


def _rounding_counts(monkeypatch):
    """Eigenvalues of 1e-20 and below let in."""
    monkeypatch.setattr(
        claims_bowl, "sum_of_logs", lambda values, k: np.log(np.abs(values)[:k] + 1e-300).sum()
    )


def _ridge_is_elsewhere(monkeypatch):
    """The flow of other wells, their ridge 0.2 further left."""
    true = TwoWells.gradient

    def wrong(wells, points):
        return true(replace(wells, ridge=wells.ridge - 0.2), points)

    monkeypatch.setattr(TwoWells, "gradient", wrong)


def _flow_is_forgotten(monkeypatch):
    """Every start given to the nearest attractor."""
    true = claims_basins.basins
    monkeypatch.setattr(claims_basins, "basins", lambda *a, **k: true(*a, **{**k, "radius": 10.0}))


def _flow_stops(monkeypatch):
    true = claims_basins.basins
    monkeypatch.setattr(claims_basins, "basins", lambda *a, **k: true(*a, **{**k, "time": 1.0}))


def _curvature_moves_the_ridge(monkeypatch):
    true = TwoWells.gradient

    def wrong(wells, points):
        return true(replace(wells, ridge=wells.ridge - 0.05 * (wells.curvature - 1)), points)

    monkeypatch.setattr(TwoWells, "gradient", wrong)


def _prefactors_are_exchanged(monkeypatch):
    monkeypatch.setattr(_differences, "PREFACTORS", {"corrected": 1 / 2, "printed": 1 / 4})


def _printed_would_be_right(monkeypatch):
    monkeypatch.setattr(_differences, "PREFACTORS", {"corrected": 1 / 4, "printed": 1 / 4})


def _directions_are_short(monkeypatch):
    """Uniform on [-1, 1], of variance 1/3."""
    true = claims_frobenius.wu_frobenius

    def wrong(objective, params, rng, **options):
        estimate = true(objective, params, rng, **options)
        return replace(estimate, value=estimate.value / 3)

    monkeypatch.setattr(claims_frobenius, "wu_frobenius", wrong)


def _spread_is_halved(monkeypatch):
    true = claims_frobenius.squared_frobenius

    def wrong(*args, **options):
        estimate = true(*args, **options)
        return replace(estimate, standard_error=estimate.standard_error / 2)

    monkeypatch.setattr(claims_frobenius, "squared_frobenius", wrong)


def _row(images, number, **changes):
    """One stored solution replaced by another."""
    true = claims_spectra.spectra

    def plant(monkeypatch):
        table = true(images)
        rows = list(table.rows)
        rows[number] = {**rows[number], **{k: f(rows[number]) for k, f in changes.items()}}
        planted = Table(tuple(rows), table.provenance)
        monkeypatch.setattr(
            claims_spectra, "spectra", lambda name: planted if name == images else true(name)
        )

    return plant


def _residual_part_is_small(monkeypatch):
    true = claims_spectra.residual_part
    monkeypatch.setattr(claims_spectra, "residual_part", lambda *args: 0.3 * true(*args))


def _shifts_are_not_alike(monkeypatch):
    true = claims_spectra.logit_shifts

    def wrong(net):
        shifts = true(net)
        shifts[-1] *= 1.001
        return shifts

    monkeypatch.setattr(claims_spectra, "logit_shifts", wrong)


PLANTED = [
    ("WU-R6", _ridge_is_elsewhere),
    ("WU-R6", _flow_is_forgotten),
    ("WU-R6", _flow_stops),
    ("WU-R6", _curvature_moves_the_ridge),
    ("WU-R5", _ridge_is_elsewhere),
    ("WU-R5", _flow_is_forgotten),
    ("WU-R5", _curvature_moves_the_ridge),
    ("WU-R5", _off(claims_basins, "curvatures")),
    ("WU-E13", _off(claims_bowl, "log_product")),
    ("WU-E13", _decimal_for_natural),
    ("WU-E13", _rounding_counts),
    ("S20", _half_is_forgotten),
    ("S20", _ellipsoid_is_a_box),
    ("S20", _off(claims_bowl, "sum_of_logs")),
    ("WU-E14", _prefactors_are_exchanged),
    ("WU-E14", _printed_would_be_right),
    ("WU-E14", _directions_are_short),
    ("WU-E14", _spread_is_halved),
    ("WU-E14", _off(claims_frobenius, "hessian", 2.0)),
    ("WU-F2", _residual_part_is_small),
    ("WU-F2", _shifts_are_not_alike),
    ("WU-F2", _row("digits", 4, top=lambda row: row["top"] / 10)),
    ("WU-F2", _row("MNIST", 4, top=lambda row: row["top"] / 10)),
    ("WU-F2", _row("MNIST", 1, zeros=lambda row: 135)),
    ("WU-F2", _row("digits", 2, lowest=lambda row: 100 * row["lowest"])),
    ("WU-F2", _row("MNIST", 2, lowest=lambda row: 100 * row["lowest"])),
    ("WU-F2", _row("digits", 3, negative=lambda row: 0 * row["negative"])),
    ("WU-F2", _row("MNIST", 4, train_accuracy=lambda row: 0.98)),
    ("WU-Q", _row("MNIST", 4, test_accuracy=lambda row: 0.99)),
    ("WU-Q", _row("digits", 1, top=lambda row: 3 * row["top"])),
    ("WU-Q", _ridge_is_elsewhere),
]
