"""All 256 functions of three signs: how much of the start is each, and what follows from five."""

from itertools import combinations, permutations, product

import numpy as np

from flatlib.measures import outputs_of_many
from flatlib.networks import MLP

NETWORK = MLP((3, 16, 1))
CORNERS = np.array(list(product((-1, 1), repeat=3)))
TABLE = np.array(list(product((False, True), repeat=8)))  # the values of each function, (256, 8)
_PLACES = 1 << np.arange(8)[::-1]


def volumes(rng: np.random.Generator, *, num_networks: int = 200_000) -> np.ndarray:
    """The share of the networks of a normal start that is positive where a function is true.

    Page: ``book/volume_is_accuracy``.

    Args:
        rng: draws the networks.
        num_networks: how many.

    Returns:
        The shares of the functions in the order of ``TABLE``, shape (256,).
    """
    thetas = rng.normal(size=(num_networks, NETWORK.num_params))
    true = outputs_of_many(NETWORK, thetas, CORNERS)[:, :, 0] > 0
    return np.bincount(true @ _PLACES, minlength=256) / num_networks


def classes(*, negation: bool = True) -> np.ndarray:
    """A number for each function, the same for those that differ by names and signs of the inputs.

    Page: ``book/volume_is_accuracy``.

    Args:
        negation: whether those that differ by the sign of the output are of one class, too.

    Returns:
        Shape (256,).
    """
    weights = np.array([4, 2, 1])
    images = []
    for order, signs in product(permutations(range(3)), product((-1, 1), repeat=3)):
        moved = (CORNERS[:, order] * signs > 0) @ weights
        images.append(TABLE[:, moved] @ _PLACES)
    images += [255 - image for image in images] if negation else []
    return np.min(images, axis=0)


def influences() -> np.ndarray:
    """In how many of its three inputs each function changes at a corner, on average: (256,)."""
    neighbours = [np.arange(8) ^ flip for flip in (1, 2, 4)]
    return sum((TABLE != TABLE[:, one]).mean(axis=1) for one in neighbours)


def unseen(shares: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """Accuracy on three corners after five have been seen, in the mean over all 56 choices.

    Page: ``book/volume_is_accuracy``.

    Args:
        shares: law of the networks, shape (256,).
        targets: law of the function that is to be learned, shape (256,).

    Returns:
        Of a random solution, and of the vote of all solutions.
    """
    found = [_after(list(seen), shares, targets) for seen in combinations(range(8), 5)]
    return tuple(np.mean(found, axis=0))


def _after(seen: list[int], shares: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """The same for one choice of five corners."""
    rest = [corner for corner in range(8) if corner not in seen]
    order = np.lexsort(TABLE[:, seen].T)  # eight functions that agree on the five, then the next
    answers = TABLE[order][:, rest].reshape(32, 8, 3)
    law, truth = (part[order].reshape(32, 8, 1) for part in (shares, targets))
    yes = (law * answers).sum(axis=1, keepdims=True) / law.sum(axis=1, keepdims=True)
    guesses = (yes, (yes > 0.5).astype(float))
    right = [np.where(answers, guess, 1 - guess) for guess in guesses]
    return tuple(float((truth * one).sum() / 3) for one in right)
