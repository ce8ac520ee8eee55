"""Where descent goes from points of an orbit at which it cannot stay: from a stored table."""

import numpy as np
from scipy.stats import binomtest

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.stability.experiment_leaving import LEAVING, PART, UNITS
from flatlib.training import Table

AT_A_KINK = 1e-5  # distance of a hidden unit from its kink, over the last 1000 steps


@claim(
    "SR32",
    paper="beyond",
    place="to Dinh et al., section 4; Cohen et al. 2021",
    verdict="illustrated",
    page="stability",
    tables=("leaving",),
)
def both_give_way(rng: np.random.Generator) -> Check:
    """Descent that starts beside a minimum above the edge ends below it, or at a kink. It slides
    along the orbit, and it changes the function: in most runs the new one has a lower floor.
    """
    table = LEAVING.table()
    return Check.all_of(
        f"{len(table)} runs of nets with 6, 12 and 24 units",
        [*_ends(table), *_gives_way(table)],
    )


def _ends(table: Table) -> list[Check]:
    below = table["edge_after"] < 1
    smooth = table["edge_after"][table["kink"] > AT_A_KINK]
    share = binomtest(int(below.sum()), len(table)).proportion_ci()
    return [
        Check.at_least("largest eigenvalue over 2/step at the start", np.full(len(table), 1.1),
                       table["edge"]),
        Check.at_most("over the last 1000 steps, off kinks", np.ones(len(smooth)), smooth),
        Check.at_least("share that ends below the edge: lower end of the interval", 0.8,
                       share.low),
    ]  # fmt: skip


def _gives_way(table: Table) -> list[Check]:
    """Of the place the edge over the floor speaks, of the function the floor."""
    lower = binomtest(int((table["floor"] < 1 / PART).sum()), len(table)).proportion_ci()
    slid = table["edge_after"] / table["floor"] < table["edge"] * PART
    share = binomtest(int(slid.sum()), len(table)).proportion_ci()
    changes = [np.median(table.where(units=units)["change"]) for units in UNITS]
    return [
        Check.at_least("share with a lower floor: lower end", 0.8, lower.low),
        Check.at_least("share with a place nearer to its floor: lower end", 0.75, share.low),
        Check.at_least("median change of the function, each width", np.full(3, 0.03), changes),
    ]
