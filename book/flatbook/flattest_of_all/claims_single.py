"""How many points one unit can single out, with a bias and without."""

from functools import partial
from itertools import product

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_of_all.planes import half_space, singled_out, wendel

_beyond = partial(claim, paper="beyond", page="flattest_of_all", verdict="holds")
_DRAWS = 150


@_beyond("SR24", place="to Wu et al., section 4; Wendel 1962")
def singling_out(rng: np.random.Generator) -> Check:
    """Of N points of a symmetric law in d dimensions a unit without bias can single out one with
    chance w = 2^(1-N) (C(N-1,0) + ... + C(N-1,d-1)): always for N <= d, one half for N = 2d.

    With a bias, on a sphere, always.
    """
    points = rng.normal(size=(8, 3))
    labelings = np.array(list(product((-1.0, 1.0), repeat=8)))
    made = half_space(np.tile(points, (256, 1, 1)), labelings, bias=False)
    shares = {count: _share(count, 5, rng) for count in (5, 8, 10, 14)}
    allowed = [4 * np.sqrt(wendel(n, 5) * (1 - wendel(n, 5)) / _DRAWS) for n in shares]
    sphere = points / np.linalg.norm(points, axis=1)[:, None]
    return Check.all_of(
        "linear programmes",
        [
            Check.equal("eight points in space: sign patterns that a plane through 0 makes, of 256",
                        round(wendel(8, 3) * 2**8), made.sum()),
            Check.at_most("share of points singled out in five dimensions, 5, 8, 10, 14 points: "
                          "difference from the formula", np.array(allowed) + 1e-12,
                          [abs(share - wendel(n, 5)) for n, share in shares.items()]),
            Check.equal("one half at N = 2d, d to 12", np.full(12, 0.5),
                        [wendel(2 * d, d) for d in range(1, 13)]),
            Check.equal("on a sphere with a bias: points singled out of eight", 8,
                        sum(singled_out(sphere, k, bias=True) for k in range(8))),
        ],
    )  # fmt: skip


def _share(count: int, dimension: int, rng: np.random.Generator) -> float:
    draws = rng.normal(size=(_DRAWS, count, dimension))
    return float(np.mean(singled_out(draws, 0, bias=False)))
