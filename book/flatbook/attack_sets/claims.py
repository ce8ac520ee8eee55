"""Sections 5.1 and 6 of Wu et al.: bad solutions on purpose, and what the paper concludes."""

from functools import partial

import numpy as np

from flatbook.attack_sets.experiment_attack_sets import ATTACK_SETS
from flatbook.attack_sets.experiment_volume_beside import VOLUME_BESIDE
from flatbook.attack_sets.experiment_volume_digits import VOLUME_ALIKE, VOLUME_DIGITS
from flatbook.check import Check
from flatbook.claim import claim
from flatbook.fisher_bound.claims_converse import cancelling_pair
from flatlib.losses import SquaredLoss
from flatlib.measures import bias_hessian, fisher_bound, input_complexity
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import Table, attack_objective

_wu = partial(claim, paper="wu2017", page="attack_sets")


@_wu("WU-E12", place="section 5.1, equation (12)", verdict="holds", tables=("attack_sets",))
def attack_sets(rng: np.random.Generator) -> Check:
    """A solution whose training loss and lambda times attack loss add up to at most eps has a
    training loss of at most eps, and tuning lambda and the size of the attack set gives a series
    of solutions whose test accuracy goes from good to very bad.

    Of nets wide enough; the stored experiment has 52 of these and 8 that are not.
    """
    table = ATTACK_SETS.table()
    wide = table.where(hidden=80)
    sizes, weights = (
        means(wide.where(weight=1.0), "attack"),
        means(wide.where(attack=200), "weight"),
    )
    return Check.all_of(
        f"{len(table)} nets, and the sum by hand",
        [
            *_sum_by_hand(rng),
            Check.at_most("every net: training loss, over the sum", np.ones(len(table)),
                          table["train_loss"] / table["sum"]),
            Check.at_most("wide nets: training loss", np.full(len(wide), 0.01), wide["train_loss"]),
            Check.equal("wide nets: training accuracy", np.ones(len(wide)), wide["train_accuracy"]),
            *_falls("attack set of none to all others, 1247 wrong labels", sizes, 0.85, 0.15),
            *_falls("lambda from 0.01 to 1", weights, 0.85, 0.4),
        ],
    )  # fmt: skip


def means(table: Table, name: str) -> np.ndarray:
    """Mean test accuracy at each value of a setting, from the smallest value to the largest."""
    values = np.unique(table[name])
    return np.array([table.where(**{name: value})["accuracy"].mean() for value in values])


def _falls(what: str, accuracies: np.ndarray, good: float, bad: float) -> list[Check]:
    return [
        Check.at_least(f"{what}: mean test accuracy, first", good, accuracies[0]),
        Check.at_most(f"{what}: mean test accuracy, last", bad, accuracies[-1]),
        Check.at_most(
            f"{what}: falls at each step, accuracy over the one before",
            np.ones(len(accuracies) - 1),
            accuracies[1:] / accuracies[:-1],
        ),
    ]


def _sum_by_hand(rng: np.random.Generator) -> list[Check]:
    """Equation (12) on a random net, its two means written out example by example."""
    net, weight = MLP((3, 4, 2), "tanh"), float(rng.uniform(0.1, 3))
    inputs, labels = rng.normal(size=(9, 3)), rng.integers(2, size=9)
    params = net.init(rng)
    clean = Objective(net, "cross_entropy", inputs[:4], labels[:4])
    combined = attack_objective(clean, inputs[4:], labels[4:], weight=weight)
    logits = net.predict(params, inputs)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(9), labels]
    by_hand = losses[:4].sum() / 4 + weight * losses[4:].sum() / 5
    return [Check.equal("R_train + lambda R_attack, by hand", by_hand, combined(params))]


@_wu(
    "WU-CC",
    place="section 6",
    verdict="false as printed",
    tables=("volume_alike", "volume_beside", "volume_digits"),
    quote="the low-complexity solutions have a small norm of Hessian matrix w.r.t. model "
    "parameters. This directly reveals the difference between good and bad minima.",
)
def conclusions(rng: np.random.Generator) -> Check:
    """Low-complexity solutions have a small Hessian, which tells good minima from bad ones and
    makes training converge almost surely to good ones, though for deep nets this is not proved.

    The first part is false for two layers already: a function of complexity 0 has representatives
    with a Hessian as large as one likes, and what is proved is the converse, that a small Hessian
    and small weights mean low complexity. Of the nets that were trained, those with wrong labels
    have the larger Hessian, and no clean one is bad; but those with more right labels have a larger
    one, too, and are better.
    """
    table = VOLUME_DIGITS.table().where(regime="matched")
    clean, most = (table.where(attack=size) for size in (0, 300))
    right = VOLUME_BESIDE.table().where(beside="right", number=300)
    alike = VOLUME_ALIKE.table().where(regime="matched", attack=0)
    found = np.concatenate([clean["accuracy"], alike["accuracy"]])
    return Check.all_of(
        "a flat function at a sharp point; what holds instead; and what was seen",
        [
            *_flat_function_sharp_point(),
            _converse(rng),
            Check.at_least(
                "300 wrong labels: V(50) in log10, least above most of the clean nets",
                10.0,
                _above(most, clean),
            ),
            Check.at_least("300 right labels more: the same", 0.0, _above(right, clean)),
            Check.at_least(
                "and test accuracy, least above most of the clean nets",
                0.01,
                right["accuracy"].min() - clean["accuracy"].max(),
            ),
            Check.at_least(f"least test accuracy of {len(found)} clean nets", 0.8, found.min()),
        ],
    )


def _above(nets: Table, clean: Table) -> float:
    """How far all of the ones lie above all of the others, in decades of the product."""
    return (nets["log_product"].min() - clean["log_product"].max()) / np.log(10)


def _flat_function_sharp_point() -> list[Check]:
    """Two relu units that cancel: f = 0 at each M, and the Hessian in c grows as M^2."""
    net, inputs = MLP((2, 2, 1)), np.array([[1.0, 0.0], [-1.0, 2.0], [0.5, -1.0]])
    objective = Objective(net, SquaredLoss(factor=1.0), inputs, np.zeros((3, 1)))
    pairs = [cancelling_pair(size) for size in (1.0, 100.0)]
    complexities = [input_complexity(net, params, inputs) for params in pairs]
    one, other = (np.linalg.norm(bias_hessian(objective, params)) for params in pairs)
    return [
        Check.equal("complexity for M = 1 and 100", np.zeros(2), complexities),
        Check.equal("Hessian in c, for M = 100 over that for M = 1", 1e4, other / one),
    ]


def _converse(rng: np.random.Generator) -> Check:
    """Theorem 1 on 20 random nets: left side over right side."""
    bounds = []
    for _ in range(20):
        net = MLP((3, 6, 1))
        bounds.append(fisher_bound(net, net.init(rng, bias_std=1.0), rng.normal(size=(30, 3))))
    ratios = [bound.right / bound.left for bound in bounds]
    return Check.at_least("two layers: bound over twice the complexity", np.ones(20), ratios)
