"""How samples become an estimate, and where probes come from."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from flatlib._guards import require_choice, require_count, require_generator
from flatlib.curvature._finite import finite
from flatlib.curvature._operators import TOO_LARGE, power_of_two
from flatlib.estimate import Estimate

# Columns of probes at once: enough for BLAS, and little memory.
BATCH = 64
DISTRIBUTIONS = ("rademacher", "gaussian")


def from_samples(name: str, samples: np.ndarray, price: int, unit: str) -> Estimate:
    """Mean and standard error of independent samples, two at least."""
    samples = finite("the samples", TOO_LARGE, lambda: samples)
    samples.setflags(write=False)
    scale = power_of_two(np.abs(samples).max())  # their sum and squares must not overflow
    value, spread = samples / scale, (samples / scale).std(ddof=1)
    error = scale * float(spread) / np.sqrt(len(samples))
    mean = scale * float(value.mean())
    return Estimate(name, mean, float(error), price, unit, samples=samples)


def draw_probes(
    num_params: int, count: int, distribution: str, rng: np.random.Generator
) -> np.ndarray:
    """Independent columns z of mean 0 with E z z^T = I, shape (P, count)."""
    if distribution == "gaussian":
        return rng.standard_normal((count, num_params)).T
    return (2.0 * rng.integers(2, size=(count, num_params)) - 1.0).T


def probe_batches(
    operator: LinearOperator, num_samples: Any, distribution: Any, rng: Any
) -> Iterator[np.ndarray]:
    """Check the arguments now; then yield the probes, at most `BATCH` columns at a time."""
    require_generator(rng)
    require_count(num_samples, "num_samples", minimum=2)
    require_choice(distribution, "distribution", DISTRIBUTIONS)
    counts = [min(BATCH, num_samples - start) for start in range(0, num_samples, BATCH)]
    return (draw_probes(operator.shape[0], count, distribution, rng) for count in counts)
