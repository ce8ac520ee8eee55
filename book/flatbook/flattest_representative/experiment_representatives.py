"""Which point of its orbit training ends at, and how flat the flattest is by V(50)."""

import numpy as np
import scipy.optimize

from flatbook.attack_sets import experiment_volume_digits
from flatbook.attack_sets.flatness import log_product
from flatbook.experiment import Experiment
from flatlib.data import digits, parity
from flatlib.losses import SquaredLoss
from flatlib.measures import balanced, bias_fisher, flattest, hessian_trace, imbalance
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.training import attack as attacked_descent
from flatlib.training import descent
from flatlib.transforms import alpha_scale

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
    objective = Objective(network, SquaredLoss(1.0), inputs, parity(labels))
    start = tuple(size * array for array in network.init(rng))
    params = descent(objective, start, rng, batch_size=None, **_OPTIONS[optimizer]).params
    shortest = balanced(network, params)
    before, after = (imbalance(network, point)[0] for point in (start, params))
    hits = network.predict(params, split.test_inputs) * parity(split.test_labels) > 0
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


def least_volume(rng: np.random.Generator, *, attack: int) -> dict[str, float]:
    """A net of `volume_digits` at a matched loss, and the least V(50) on the orbit of its layers.

    Args:
        rng: the same generator gives the same net as there.
        attack: images with wrong labels.

    Returns:
        ``train_loss`` and ``accuracy``; V(50) where training ended, ``log_product``, and least,
        ``least``, both natural; ``log_alpha``, the logarithm of the alpha that leads there.
    """
    objective, test, images, targets = experiment_volume_digits.problem("matched")
    reached = attacked_descent(
        objective,
        objective.network.init(rng),
        images,
        targets,
        rng,
        size=attack,
        test=test,
        optimizer="adam",
        batch_size=None,
        **experiment_volume_digits.TRAINING["matched"],
    )
    log_alpha, least = least_along_layers(objective, reached.params)
    return {
        "train_loss": reached.train_loss,
        "accuracy": reached.test_accuracy,
        "log_product": log_product(objective, reached.params),
        "least": least,
        "log_alpha": log_alpha,
    }


def least_along_layers(objective: Objective, params: Params) -> tuple[float, float]:
    """Log alpha, and V(50) there, where it is least for two layers.

    It is convex in log alpha, so a search along the line finds it; 50 eigenvalues by Lanczos cost
    a hundredth of the whole spectrum that `flatlib.flattest` takes.
    """

    def height(log_alpha: float) -> float:
        return log_product(objective, alpha_scale(objective.network, np.exp(log_alpha))(params))

    found = scipy.optimize.minimize_scalar(height, bracket=(-0.5, 0.5), options={"xtol": 1e-9})
    return float(found.x), float(found.fun)


REPRESENTATIVES = Experiment(
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
)
VOLUME_LEAST = Experiment(
    name="volume_least",
    function=least_volume,
    settings=tuple({"attack": size} for size in experiment_volume_digits.SIZES),
    seeds=tuple(range(6)),
    # as volume_digits; at a least value the place is known to the root of the value's error
    tolerances={
        "train_loss": 1e-9,
        "accuracy": 1e-9,
        "log_product": 1e-6,
        "least": 1e-6,
        "log_alpha": 1e-4,
    },
)
