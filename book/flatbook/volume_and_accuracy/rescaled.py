"""What random rescalings leave of the order of the nets of ``volume_digits``: over many draws."""

import numpy as np
from scipy.interpolate import CubicSpline

from flatbook.attack_sets.experiment_volume_digits import PLACES
from flatbook.attack_sets.flatness import K
from flatlib.measures.ranks import spearman
from flatlib.training import Table

DRAWS = 400
_SLOPE = 2 * K * np.log(10)  # of V(50) far out, by EXT14, for a decade of alpha


def log_products(table: Table, logs: np.ndarray) -> np.ndarray:
    """V(50), natural, of each net at T_alpha theta.

    From the values stored along the orbit, by splines, and beyond a decade by the asymptotes of
    EXT14: within 0.05 of the exact value in log10, where the nets differ by 48.

    Args:
        table: of ``volume_digits``.
        logs: log10 alpha, shape (…, nets).
    """
    columns = [_one(row["along"], logs[..., n]) for n, row in enumerate(table)]
    return np.stack(columns, axis=-1)


def _one(along: np.ndarray, logs: np.ndarray) -> np.ndarray:
    inside = np.clip(logs, PLACES[0], PLACES[-1])
    return CubicSpline(PLACES, along)(inside) + _SLOPE * np.abs(logs - inside)


def rescaled_correlations(
    table: Table, spread: float, rng: np.random.Generator, draws: int = DRAWS
) -> np.ndarray:
    """Rank correlations of V(50) and accuracy, each after another rescaling of all nets.

    Args:
        table: of ``volume_digits``.
        spread: standard deviation of log10 alpha, which each net has its own of.
        rng: draws them.
        draws: how many times.

    Returns:
        Shape (draws,). One of them says little: their spread is that of a draw, not an error of
        their mean, which is smaller by the root of their number.
    """
    logs = spread * rng.normal(size=(draws, len(table)))
    return spearman(log_products(table, logs), np.broadcast_to(table["accuracy"], logs.shape))
