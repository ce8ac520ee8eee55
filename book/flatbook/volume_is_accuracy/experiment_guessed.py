"""The same volumes by guess and check, as far as some twenty million guesses go."""

from typing import Any

import numpy as np

from flatbook.experiment import LongNets
from flatbook.volume_is_accuracy.experiment_mnist import data
from flatbook.volume_is_accuracy.lazily import guess_lazily
from flatbook.volume_is_accuracy.pairs import PAIRS, SETS, WIDTH, Pair, numbers, pair
from flatbook.volume_is_accuracy.tested import tested
from flatlib.data import Split

ASKED = 64  # labels, at most
RUNGS = (4, 16, 32)
GUESSES = {"right": 20_000_000, "coin": 4_000_000}
FEW = 200_000
TESTED = 200


def guessed(
    rng: np.random.Generator, *, block: int, digits: str, labels: str, guesses: int
) -> dict[str, Any]:
    """What `counted` says, and how accurate nets are that fit as many labels as `RUNGS` says.

    Returns:
        ``fits``; ``tested``, how many nets were; ``random``, their mean accuracy, 0 if there
        are none.
    """
    of, own = pair(data(), digits, labels=labels, block=block), numbers(rng, block, guesses)
    fits, kept, axes = _guessed(of, own, guesses)
    found = [tested(of, axes[:, :n], kept[n - 1], own)["random"] for n in RUNGS]
    return {"fits": fits, "tested": [len(kept[n - 1][1]) for n in RUNGS], "random": found}


def counted(
    images: Split, rng: np.random.Generator, *, block: int, digits: str, labels: str, guesses: int
) -> np.ndarray:
    """How many nets of so many fit the first 1, 2, … labels of one set, drawn blindly."""
    of = pair(images, digits, labels=labels, block=block)
    return _guessed(of, numbers(rng, block, guesses), guesses)[0]


def _guessed(
    of: Pair, rng: np.random.Generator, guesses: int
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]], np.ndarray]:
    inputs, axes = of.spanned(ASKED)
    options = {"width": WIDTH, "guesses": guesses, "keep": TESTED}
    return *guess_lazily(inputs, of.labels[:ASKED], rng, **options), axes


GUESSED = LongNets(
    name="guessed_mnist",
    function=guessed,
    settings=(
        *({"block": 0, "digits": d, "labels": "right", "guesses": FEW} for d in PAIRS),
        *(
            {"block": block, "digits": digits, "labels": labels, "guesses": guesses}
            for block in range(SETS)
            for digits in PAIRS
            for labels, guesses in GUESSES.items()
        ),
    ),
    seeds=(0,),
    # in single precision an output may fall on the other side of 0: of one net in a million
    tolerances={"fits": 3.0, "tested": 0.0, "random": 1e-6},
    data=data,
)
