"""The volume of the solutions bounds their accuracy, and how many of them can be bad."""

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_is_accuracy import plane
from flatbook.volume_is_accuracy.worlds import World, bits, random_world

_beyond = partial(claim, paper="beyond", page="volume_is_accuracy", verdict="holds")
_DELTA = 1 / 3
_COUNT = 3


@_beyond("SR2", place="to Wu et al., section 3")
def volume_bounds_accuracy(rng: np.random.Generator) -> Check:
    """With chance 1 - delta over the n examples, every set of solutions at once has a mean accuracy
    of at least (delta times its mass)^(1/n); for the set of all solutions the mass is the volume.

    delta is the best constant. The same bound holds for one random solution, with chance 1 - delta
    over examples and draw together, and the vote errs at most twice as often as they do.
    """
    worlds = [random_world(rng) for _ in range(30)]
    coins = bits(2, _fraction(_DELTA))
    return Check.all_of(
        "all samples of three examples in 30 worlds of four inputs and five hypotheses",
        [
            Check.equal("mean of G less the mass that is ever right", np.zeros(30),
                        [float(_mean_g(w) - w.mass(_ever_right(w))) for w in worlds],
                        tolerance=0.0),
            Check.at_most("chance that some set of solutions breaks the bound",
                          np.full(30, _DELTA), [_chance(w, _some_set_is_worse) for w in worlds]),
            Check.at_most("chance that one random solution does", np.full(30, _DELTA),
                          [_chance(w, _mass_below) for w in worlds]),
            Check.at_most("error of the vote over the mean error", np.full(30, 2.0),
                          [max(_vote_over_mean(w, s) for _, s in w.samples(2)) for w in worlds]),
            Check.equal("two bits, chance that either fits: the formula",
                        1 - (1 - _DELTA**_COUNT) ** 2, _chance(coins, _fits)),
            Check.at_most("k bits at c = 1, k = 1, 10, 1000: chance of failing", np.full(3, 0.05),
                          [_failing(0.05 / k, k) for k in (1, 10, 1000)]),
            Check.at_least("at c = 1 + delta", np.full(3, 0.05),
                           [_failing(0.05 * 1.05 / k, k) for k in (1, 10, 1000)]),
        ],
    )  # fmt: skip


@_beyond("SR3", place="to Wu et al., section 3, equation (5)")
def bad_solutions_are_rare(rng: np.random.Generator) -> Check:
    """With chance 1 - delta, for every eta at once: of the mass of the solutions at most
    (1 - eta)^n / (delta V_n) lies in those with an error of eta or more.

    It is exponentially small for each eta if the law of the start has mass near error 0.
    """
    worlds = [random_world(rng) for _ in range(30)]
    arcs, delta = plane.arcs(20, 20_000, rng), 0.1
    low = plane.volumes(*arcs) < delta / (4 * 20)
    return Check.all_of(
        "all samples of three examples in 30 worlds, and lines in the plane",
        [
            Check.at_most("chance that some eta breaks the bound", np.full(30, _DELTA),
                          [_chance(w, _some_eta_breaks) for w in worlds]),
            Check.at_most("chance that eta = 1/2 breaks the one for a single eta",
                          np.full(30, _DELTA), [_chance(w, _half_breaks) for w in worlds]),
            Check.at_most("the plane, n = 20: chance that the volume is below half the mass of "
                          "errors up to delta/2n", delta, low.mean()),
        ],
    )  # fmt: skip


def _fraction(number: float):
    return type(random_world(np.random.default_rng(0)).masses[0])(number).limit_denominator(1000)


def _ever_right(world: World) -> list[int]:
    return [h for h in range(len(world.masses)) if world.accuracy(h) > 0]


def _mean_g(world: World):
    """Mean over the samples of G, the integral of q^-n over the solutions."""
    return sum(
        chance * sum(world.masses[h] / world.accuracy(h) ** _COUNT for h in world.solutions(sample))
        for chance, sample in world.samples(_COUNT)
    )


def _chance(world: World, event: Callable[[World, tuple[int, ...]], float]) -> float:
    return float(sum(p * event(world, sample) for p, sample in world.samples(_COUNT)))


def _below(accuracy: float, mass: float) -> bool:
    """Whether the bound is broken, not by rounding."""
    return float(accuracy) ** _COUNT < _DELTA * float(mass) * (1 - 1e-12)


def _some_set_is_worse(world: World, sample: tuple[int, ...]) -> bool:
    solutions = world.solutions(sample)
    sets = (list(s) for k in range(len(solutions)) for s in combinations(solutions, k + 1))
    return any(_below(world.mean_accuracy(some), world.mass(some)) for some in sets)


def _mass_below(world: World, sample: tuple[int, ...]):
    """Of a random solution, the chance that its own accuracy breaks the bound."""
    solutions = world.solutions(sample)
    volume = world.mass(solutions)
    bad = [h for h in solutions if _below(world.accuracy(h), volume)]
    return world.mass(bad) / volume if bad else 0


def _vote_over_mean(world: World, sample: tuple[int, ...]) -> float:
    solutions = world.solutions(sample)
    mean = 1 - world.mean_accuracy(solutions)
    if not solutions or not mean:
        return 0.0
    half = world.mass(solutions) / 2
    wrong = sum(
        p
        for example, p in enumerate(world.law)
        if world.mass([h for h in solutions if not world.right[h][example]]) > half
    )
    return float(wrong / mean)


def _fits(world: World, sample: tuple[int, ...]) -> bool:
    return bool(world.solutions(sample))


def _failing(mass: float, count: int) -> float:
    """Chance that one of ``count`` independent hypotheses fits, each with chance ``mass``."""
    return -np.expm1(count * np.log1p(-mass))


def _some_eta_breaks(world: World, sample: tuple[int, ...]) -> bool:
    etas = {1 - world.accuracy(h) for h in world.solutions(sample)}
    return any(_tail(world, sample, eta) > _allowed(eta) * (1 + 1e-12) for eta in etas)


def _half_breaks(world: World, sample: tuple[int, ...]) -> bool:
    worse = world.mass([h for h in range(len(world.masses)) if 2 * world.accuracy(h) <= 1])
    return _tail(world, sample, 0.5) > float(worse) * _allowed(0.5) * (1 + 1e-12)


def _tail(world: World, sample: tuple[int, ...], eta) -> float:
    """The mass of the solutions with an error of eta or more."""
    return float(world.mass([h for h in world.solutions(sample) if 1 - world.accuracy(h) >= eta]))


def _allowed(eta) -> float:
    return float(1 - eta) ** _COUNT / _DELTA
