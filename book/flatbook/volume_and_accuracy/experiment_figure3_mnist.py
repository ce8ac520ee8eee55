"""Figure 3 of Wu et al. on its own data: mLeNet on the first 512 images of MNIST, 10000 to test on.

Beside the 512 each net has to fit others, with wrong labels or, as the control, with right ones;
every image counts the same, which in equation (12) is lambda = n / 512 for n others. Each net is
measured twice on its way: once it has about 100 % of its images right (the paper's condition), and
once more when its loss on the 512 is down to `LOSS`, the same for all.

The sizes end where a net still gets there in minutes. `FURTHEST` is one trial beyond, which is in
no table: the start, the others and the descent of `net` with 1600 wrong labels and seed 0. Asked
after each of its first 280 epochs how many of the 512 and of the others it has right, of the two
shares the smaller, the most was 95.7 %. To have it again, pass `descent` those arguments
of `net`, ``epochs=280``, and a ``stop`` that notes this.
"""

from functools import cache
from typing import Any

import numpy as np

from flatbook.experiment import SomeKept
from flatbook.mnist_sample import mnist_sample
from flatbook.spectra_and_basins.scenes import problem, solution
from flatbook.volume_and_accuracy.least_of_channels import least_on_orbit
from flatbook.volume_and_accuracy.stops import Stops
from flatlib.curvature import hessian, wu_frobenius
from flatlib.data import Split, mnist
from flatlib.measures import log_of_product
from flatlib.networks import mlenet
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.training import attack_objective, descent, wrong_labels

CLEAN, K = 512, 50
SIZES = (50, 100, 200, 400, 800)
LOSS = 0.01
RIGHT = (50, 200, 800)
FURTHEST = {"number": 1600, "seed": 0, "epochs": 280, "accuracy": 0.9569}
DIRECTIONS = 40  # of equation (14), where the paper has 100: it takes as long as all the rest


def net(rng: np.random.Generator, *, labels: str, number: int) -> dict[str, Any]:
    """Train one net and measure it at both stops.

    Args:
        rng: draws the start, the other images, their labels if wrong, the batches, and the
            directions of equation (14), in this order.
        labels: of the other images, ``"wrong"`` or ``"right"``.
        number: of other images, drawn from the 59,488 that are left.

    Returns:
        ``theta``, the params to four decimals at the first stop, what `measure` says of them, and
        ``least``, V(50) at the least of all scalings of channels; ``estimate``, the root of
        equation (14) as printed; ``others_accuracy``; ``epochs``. All but the estimate and the
        accuracy of the others once more for the second stop, with ``matched_`` before the name.
    """
    clean, _ = problem(data())
    start, weight = clean.network.init(rng), number / CLEAN
    others = _others(rng, labels, number)
    combined = attack_objective(clean, *others, weight=weight) if number else clean
    stops = Stops(combined, clean, LOSS)
    descent(combined, start, rng, stop=stops, optimizer="adam", epochs=2000, learning_rate=0.01)
    first, second = (np.round(flatten(params), 4) for params in stops.reached)
    options = {"num_samples": DIRECTIONS, "form": "printed"}
    printed = wu_frobenius(clean, solution(first), rng, **options).value
    pair = {"": _whole(first, stops.epochs[0]), "matched_": _whole(second, stops.epochs[1])}
    return {
        **{before + name: value for before, one in pair.items() for name, value in one.items()},
        "estimate": float(np.sqrt(printed)),
        "others_accuracy": _accuracy(clean, others, first),
    }


def measure(theta: np.ndarray) -> dict[str, float]:
    """Of params: loss and curvature on the 512, V(50) in natural logarithms; accuracies."""
    return _measured(data(), theta)


def measure_sample(theta: np.ndarray) -> dict[str, float]:
    """What of this can be had without fetching anything: all but the test accuracy."""
    found = _measured(mnist_sample(), theta)
    del found["test_accuracy"]
    return found


def _measured(
    images: Split, theta: np.ndarray, eigenvalues: np.ndarray | None = None
) -> dict[str, float]:
    """Eigenvalues are found alone, in a third of the time, where nobody has them."""
    clean, test = problem(images)
    params = solution(theta)
    if eigenvalues is None:
        eigenvalues = np.linalg.eigvalsh(hessian(clean, params))
    return {
        "train_loss": float(clean(params)),
        "train_accuracy": clean.accuracy(params),
        "test_accuracy": test.accuracy(params),
        "log_product": log_of_product(eigenvalues[-K:]),
        "frobenius": float(np.linalg.norm(eigenvalues)),
    }


def _whole(theta: np.ndarray, epochs: int) -> dict[str, Any]:
    clean, _ = problem(data())
    matrix = hessian(clean, solution(theta))
    values, vectors = np.linalg.eigh(matrix)
    least, factors = least_on_orbit(mlenet(), matrix, values, vectors, K)
    reach = float(np.abs(factors).max())
    found = _measured(data(), theta, values)
    return {"theta": theta, **found, "least": least, "reach": reach, "epochs": epochs}


def _others(rng: np.random.Generator, labels: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Images that are not of the 512, and the labels that they are to get."""
    images = data()
    chosen = CLEAN + rng.permutation(len(images.train_labels) - CLEAN)[:number]
    right = images.train_labels[chosen]
    given = wrong_labels(right, 10, rng) if labels == "wrong" else right
    return images.train_inputs[chosen], given


def _accuracy(clean: Objective, others: tuple[np.ndarray, np.ndarray], theta: np.ndarray) -> float:
    """1 if there are no others."""
    if not len(others[1]):
        return 1.0
    return Objective(clean.network, clean.loss, *others).accuracy(solution(theta))


@cache
def data() -> Split:
    """All of MNIST."""
    return mnist()


# As `flatbook.spectra_and_basins.scenes.TOLERANCES`, which are of the same net and data.
_MEASURED = {
    "train_loss": 1e-12,
    "train_accuracy": 0.0,
    "test_accuracy": 0.0,
    "log_product": 1e-6,
    "frobenius": 1e-8,
}
_MATCHED = dict.fromkeys((*_MEASURED, "least", "reach", "epochs"), 0.0)
_TOLERANCES = {
    **dict.fromkeys(("theta", "least", "reach", "epochs", "estimate", "others_accuracy"), 0.0),
    **_MEASURED,
    **{f"matched_{name}": value for name, value in _MATCHED.items()},
}
FIGURE3_MNIST = SomeKept(
    name="figure3_mnist",
    function=net,
    settings=(
        *({"labels": "wrong", "number": number} for number in (0, *SIZES)),
        *({"labels": "right", "number": number} for number in RIGHT),
    ),
    seeds=(0, 1, 2, 3, 4, 5, 6),
    tolerances=_TOLERANCES,
    measure=measure,
    offline=measure_sample,
    data=data,
    whole=(
        {"labels": "wrong", "number": 0},
        {"labels": "wrong", "number": 800},
        {"labels": "right", "number": 800},
    ),
)
