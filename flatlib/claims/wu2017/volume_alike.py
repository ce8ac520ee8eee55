"""Nets attacked alike, in four groups: how much a measure ranks them, for WU-F3 and EXT11."""

from collections.abc import Sequence

import numpy as np

from flatlib.claims.check import Check
from flatlib.experiments import EXPERIMENTS
from flatlib.experiments.ranks import within_attacks

# Three standard errors of a mean of four coefficients of 60 nets each: that of one, among ranks
# without any relation, is 1 / sqrt(59).
LITTLE = 0.2


def ranked_alike(what: str, names: Sequence[str]) -> Check:
    """Mean rank correlations with the accuracy over four attacks, each at most 0.2 in size."""
    table = EXPERIMENTS["attacked_alike"].table()
    found = [within_attacks(table, name, accuracy="unused_accuracy").mean() for name in names]
    return Check.at_most(
        f"{what}, nets attacked alike: mean correlation over four sizes of the attack, its size",
        np.full(len(names), LITTLE),
        np.abs(found),
    )
