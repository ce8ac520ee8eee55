"""Which point of its orbit training ends at: digits, two optimizers, two sizes of start."""

import numpy as np

from flatlib.data import digits
from flatlib.experiments.experiment import Experiment
from flatlib.losses import SquaredLoss
from flatlib.measures import balanced, bias_fisher, flattest, hessian_trace, imbalance
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.training import descent

_IMAGES = 300
_OPTIONS = {
    "descent": {"epochs": 1000, "learning_rate": 0.03, "momentum": 0.0},
    "adam": {"epochs": 300, "learning_rate": 0.01, "optimizer": "adam"},
}


def net(rng: np.random.Generator, *, optimizer: str, size: float) -> dict[str, float]:
    """Even or odd, from 300 digits, by 8 rectifiers; all examples in every step.

    Args:
        rng: draws the start.
        optimizer: ``"descent"``, plain gradient descent, or ``"adam"``.
        size: what the usual start is multiplied by.

    Returns:
        ``loss``; ``right``, of the 450 test images; ``trace`` of the Hessian; ``least`` and
        ``shortest``, the trace at the flattest and at the balanced point of the orbit; ``norm``,
        the squared norm over that of the balanced point; ``drift``, the largest change of an
        imbalance over the course of training; ``ratio``, norm term over Fisher term of Theorem 1.
    """
    split = digits()
    network = MLP((64, 8, 1))
    inputs, labels = split.train_inputs[:_IMAGES], split.train_labels[:_IMAGES]
    objective = Objective(network, SquaredLoss(1.0), inputs, _parity(labels))
    start = tuple(size * array for array in network.init(rng))
    params = descent(objective, start, rng, batch_size=None, **_OPTIONS[optimizer]).params
    shortest = balanced(network, params)
    before, after = (imbalance(network, point)[0] for point in (start, params))
    hits = network.predict(params, split.test_inputs) * _parity(split.test_labels) > 0
    norm_term = (params[0] ** 2).sum() ** 2
    return {
        "loss": float(objective(params)),
        "right": float(hits.sum()),
        "trace": hessian_trace(objective, params),
        "least": flattest(objective, params).value,
        "shortest": hessian_trace(objective, shortest.params),
        "norm": float((flatten(params) ** 2).sum() / shortest.value),
        "drift": float(np.abs(after - before).max()),
        "ratio": float(norm_term / (bias_fisher(network, params, inputs) ** 2).sum()),
    }


def _parity(labels: np.ndarray) -> np.ndarray:
    """1 for odd and -1 for even, as a column."""
    return 2.0 * (labels % 2)[:, None] - 1


EXPERIMENTS = (
    Experiment(
        name="representatives",
        function=net,
        settings=tuple(
            {"optimizer": optimizer, "size": size} for optimizer in _OPTIONS for size in (1.0, 0.1)
        ),
        seeds=(0, 1, 2, 3, 4),
        # between three kinds of processor the results differ by 1e-12 of themselves; another
        # net's differ by a tenth
        tolerances={
            "loss": 1e-7,
            "right": 0.0,
            "trace": 1e-5,
            "least": 1e-5,
            "shortest": 1e-5,
            "norm": 1e-6,
            "drift": 1e-5,
            "ratio": 1e-2,
        },
    ),
)
