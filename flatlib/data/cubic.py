"""The five points of Wu et al.'s first figure."""

import numpy as np

from flatlib._guards import require_generator, require_non_negative


def cubic(rng: np.random.Generator, *, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    r"""Five noisy points of :math:`y = x^3 - 3x^2 - x + 1`, the first example of Wu et al.

    Page: ``book/low_complexity``.

    Paper: Wu et al., section 2.1, Figure 1. The paper writes N(0, 0.1) and does not say whether
    0.1 is a variance; here ``noise`` is the standard deviation. The five inputs are evenly spaced
    on [-1.5, 3].

    Args:
        rng: draws the noise.
        noise: standard deviation, 0 for the exact curve.

    Returns:
        Inputs and targets, both of shape (5, 1).

    Raises:
        ValueError: if ``noise`` is negative or not finite.
        TypeError: if ``rng`` is no Generator.
    """
    require_generator(rng)
    noise = require_non_negative(noise, "noise")
    x = np.linspace(-1.5, 3.0, 5)[:, None]
    return x, x**3 - 3 * x**2 - x + 1 + noise * rng.normal(size=x.shape)
