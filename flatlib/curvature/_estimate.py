"""What an estimator returns, and where its probes come from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from flatlib._guards import require_choice, require_count, require_generator
from flatlib.curvature._finite import finite
from flatlib.curvature._operators import TOO_LARGE, power_of_two

# Columns of probes at once: enough for BLAS, and little memory.
BATCH = 64
DISTRIBUTIONS = ("rademacher", "gaussian")


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimate with its standard error and its price.

    Page: ``book/exact_hessians``.

    Attributes:
        name: what is estimated.
        value: the mean of the samples.
        standard_error: of that mean, from the samples' own spread. With few samples it is rough,
            and it can be far too small where a rare direction carries most of the curvature.
        num_products: how many products with the matrix were used, or gradients: see ``unit``.
        samples: independent unbiased estimates, shape (M,).
        unit: what was counted.
    """

    name: str
    value: float
    standard_error: float
    num_products: int
    samples: np.ndarray = field(repr=False)
    unit: str = "products"

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.name} {self.value:.4g} ± {self.standard_error:.2g} "
            f"({self.num_products} {self.unit})"
        )


def from_samples(
    name: str, samples: np.ndarray, num_products: int, unit: str = "products"
) -> Estimate:
    """Mean and standard error of independent samples, two at least."""
    samples = finite("the samples", TOO_LARGE, lambda: samples)
    samples.setflags(write=False)
    scale = power_of_two(np.abs(samples).max())  # their sum and squares must not overflow
    value, spread = samples / scale, (samples / scale).std(ddof=1)
    error = scale * float(spread) / np.sqrt(len(samples))
    return Estimate(name, scale * float(value.mean()), float(error), num_products, samples, unit)


def draw_probes(
    rng: np.random.Generator, num_params: int, count: int, distribution: str
) -> np.ndarray:
    """Independent columns z of mean 0 with E z z^T = I, shape (P, count)."""
    if distribution == "gaussian":
        return rng.standard_normal((count, num_params)).T
    return (2.0 * rng.integers(2, size=(count, num_params)) - 1.0).T


def probe_batches(
    operator: LinearOperator, rng: Any, num_samples: Any, distribution: Any
) -> Iterator[np.ndarray]:
    """Check the arguments now; then yield the probes, at most `BATCH` columns at a time."""
    require_generator(rng)
    require_count(num_samples, "num_samples", minimum=2)
    require_choice(distribution, "distribution", DISTRIBUTIONS)
    counts = [min(BATCH, num_samples - start) for start in range(0, num_samples, BATCH)]
    return (draw_probes(rng, operator.shape[0], count, distribution) for count in counts)
