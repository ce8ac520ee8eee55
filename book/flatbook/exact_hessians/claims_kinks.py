"""Erratum S1: where a ReLU net with a residual comes to rest, and what is missing there."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.curvature import ClarkeGradient, clarke_gradient
from flatlib.data import teacher_student
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import cosine, descent

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


def resting_point(rng: np.random.Generator, noise: float = 0.3) -> ClarkeGradient:
    """Train 4-6-1 on a noisy teacher until it rests, and look at the gradients there."""
    net = MLP((4, 6, 1))
    teacher = teacher_student(net, 60, rng)
    noisy = teacher.targets + noise * rng.normal(size=teacher.targets.shape)
    objective = Objective(net, "squared", teacher.inputs, noisy)
    run = descent(
        objective,
        net.init(rng, bias_std=1.0),
        rng,
        epochs=5000,
        learning_rate=cosine(0.05, end=1e-9),
        optimizer="adam",
        batch_size=None,
    )
    return clarke_gradient(objective, run.params, kink_tolerance=1e-5)
