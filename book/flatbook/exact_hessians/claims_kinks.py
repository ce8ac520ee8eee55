"""Erratum S1: where a ReLU net with a residual comes to rest, and what is missing there."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.scenes import resting_point

_NETS, _MOST = 3, 2


@claim(
    "S1",
    paper="dinh2017",
    place="section 2, footnote; Theorem 4; supplement E",
    verdict="illustrated",
    page="exact_hessians",
)
def minima_on_kinks(rng: np.random.Generator) -> Check:
    """A ReLU net trained with a residual left over tends to rest on kinks, where neither gradient
    nor Hessian exist, though with slopes chosen at the kinks the gradient all but vanishes, as at a
    minimum it must.
    """
    rests = [resting_point(rng) for _ in range(_NETS)]
    counts = {
        "with examples on a kink": [rest.num_kinks > 0 for rest in rests],
        "whose one-sided gradient does not vanish (above 1e-3)": [
            rest.one_sided_norm > 1e-3 for rest in rests
        ],
        "whose least gradient, over the slopes at the kinks, is 20 times smaller": [
            rest.norm < rest.one_sided_norm / 20 for rest in rests
        ],
    }
    return Check.all_of(
        f"{_NETS} nets of 37 parameters, 60 noisy examples, 5000 steps of Adam: most of them",
        [Check.at_least(f"nets {what}", _MOST, sum(found)) for what, found in counts.items()],
    )
