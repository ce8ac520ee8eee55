"""MNIST-1D: signals of 40 numbers, harder than digits for a dense net, generated on the spot."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from flatlib._guards import require_integer
from flatlib.data.split import Split


def mnist1d(num_examples: int = 5000, *, seed: int = 42) -> Split:
    """Greydanus and Kobak's MNIST-1D: ten templates, padded, stretched, moved, sheared, with noise.

    Page: ``book/volume_and_accuracy``.

    Four fifths are for training. The whole set has mean 0 and standard deviation 1. It is made by
    the package ``mnist1d``, in about half a second for 5000 signals; nothing is downloaded.

    Args:
        num_examples: signals in all, 20 or more; rounded down to a multiple of ten, since each of
            the ten classes has as many as the others (before the split).
        seed: the same seed gives the same signals; 42 is the package's own.

    Returns:
        A `Split` with rows of shape (40,). A convolution wants them as
        ``inputs.reshape(-1, 1, 40, 1)``.

    Raises:
        ValueError: if there are fewer than 20 signals, or the seed is not from 0 to 2^32 - 1.
        TypeError: if one of the two is no integer.
        ModuleNotFoundError: without the package ``mnist1d``, which is no dependency of the library.

    Example:
        >>> mnist1d(100).train_inputs.shape, mnist1d(100).test_labels.shape
        ((80, 40), (20,))
    """
    num_examples = require_integer(num_examples, "num_examples", minimum=20)
    # not at the top: it loads pyplot
    try:
        from mnist1d.data import get_dataset_args, make_dataset
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "mnist1d must be installed for these signals, got no such package. "
            "Run pip install mnist1d.",
            name="mnist1d",
        ) from error

    settings = get_dataset_args()
    settings.num_samples, settings.seed = num_examples, _require_seed(seed)
    with _global_generators_left_alone():
        made = make_dataset(settings)
    return Split(made["x"], made["y"], made["x_test"], made["y_test"])


def _require_seed(seed: int) -> int:
    seed = require_integer(seed, "seed", minimum=0)
    if seed >= 2**32:
        raise ValueError(f"seed must be below 2**32, got {seed}. Pass a smaller one.")
    return seed


@contextmanager
def _global_generators_left_alone() -> Iterator[None]:
    """The package seeds the generators that the whole process shares: put them back after it."""
    numpys, pythons = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(numpys)  # noqa: NPY002
        random.setstate(pythons)
