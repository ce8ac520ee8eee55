"""Stochastic Lanczos quadrature: the density of eigenvalues from products alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eigh_tridiagonal

from flatlib._guards import (
    require_array,
    require_count,
    require_generator,
    require_integer,
    require_positive,
)
from flatlib._short import short
from flatlib.curvature._lanczos import Tridiagonal, lanczos
from flatlib.curvature._operators import power_of_two, require_operator


@dataclass(frozen=True, eq=False)
class SpectralDensity:
    """A density of eigenvalues as point masses, one set of them for each probe.

    Page: ``book/exact_hessians``.

    Attributes:
        nodes: eigenvalues of each probe's tridiagonal matrix, shape (probes, steps), ascending.
            A probe that ended early repeats its last node with weight 0.
        weights: their masses, same shape; each row adds up to 1.
        num_params: P, how many eigenvalues the mass of 1 stands for.
        num_products: products with the matrix that were used.
    """

    nodes: np.ndarray
    weights: np.ndarray
    num_params: int
    num_products: int
    __repr__ = short

    def __str__(self) -> str:
        """One line: the range and what it cost."""
        return (
            f"eigenvalues from {self.nodes.min():.3g} to {self.nodes.max():.3g} "
            f"({len(self.nodes)} probes, {self.num_products} products)"
        )

    def moments(self, highest: int) -> np.ndarray:
        r"""Moments :math:`v^\top H^p v` of each probe v, for p = 0 to ``highest``.

        Exact up to p = 2m - 1, with m the number of steps. Their mean over the probes estimates
        :math:`\operatorname{tr} H^p / P`.

        Returns:
            Array of shape (probes, highest + 1).
        """
        powers = np.arange(require_integer(highest, "highest", minimum=0) + 1)
        return np.sum(self.weights[:, None] * self.nodes[:, None] ** powers[:, None], axis=2)

    def width(self, relative_width: float = 0.01) -> float:
        """Standard deviation of the kernel: a fraction of the range of the nodes.

        Of their largest modulus where all nodes are one. So it is multiplied by c with the matrix;
        a width with an absolute floor turns the whole spectrum of a flat net into one bump.
        """
        fraction = require_positive(relative_width, "relative_width")
        span = float(np.ptp(self.nodes)) or float(np.abs(self.nodes).max())
        if not span:
            raise ValueError(
                "nodes must not all be 0 (they would have no scale to smooth at), got a zero "
                "matrix. Its density is one point mass at 0."
            )
        return fraction * span

    def grid(self, num_points: int = 400, *, relative_width: float = 0.01) -> np.ndarray:
        """Equally spaced points that cover the nodes and four widths on each side."""
        count = require_integer(num_points, "num_points", minimum=2)
        margin = 4 * self.width(relative_width)
        return np.linspace(self.nodes.min() - margin, self.nodes.max() + margin, count)

    def density(self, grid: Any, *, relative_width: float = 0.01) -> np.ndarray:
        r"""Density smoothed by a Gaussian kernel, at the points of ``grid``; it integrates to 1.

        For cH at the points c x it is this one, divided by c.

        Args:
            grid: points, shape (G,).
            relative_width: standard deviation of the kernel as a fraction of the range.

        Raises:
            ValueError: if the width is not positive, or every node is 0.
        """
        width, kernel = self._kernel(grid, relative_width)
        heights = kernel @ self.weights.ravel()
        return heights / (len(self.nodes) * width * np.sqrt(2 * np.pi))

    def standard_error(self, grid: Any, *, relative_width: float = 0.01) -> np.ndarray:
        """Standard error of `density` at the points of ``grid``, from what the probes differ by.

        Args:
            grid: points, shape (G,).
            relative_width: as for `density`.

        Raises:
            ValueError: as `density` does, and for a single probe.
        """
        count = len(self.nodes)
        if count < 2:
            raise ValueError(
                "num_probes must be at least 2 for an error, got 1. Pass num_probes=8, say."
            )
        width, kernel = self._kernel(grid, relative_width)
        heights = np.einsum("gsm,sm->gs", kernel.reshape(-1, *self.nodes.shape), self.weights)
        return heights.std(axis=1, ddof=1) / (np.sqrt(count) * width * np.sqrt(2 * np.pi))

    def _kernel(self, grid: Any, relative_width: float) -> tuple[float, np.ndarray]:
        """The width, and the bump of each node at each point, shape (G, probes * steps)."""
        width = self.width(relative_width)
        grid = require_array(grid, "grid", ndim=1)
        offsets = (grid[:, None] - self.nodes.ravel()) / width
        return width, np.exp(-(offsets**2) / 2)


def spectral_density(
    operator: Any, rng: np.random.Generator, *, num_steps: int = 80, num_probes: int = 8
) -> SpectralDensity:
    r"""Density of the eigenvalues by stochastic Lanczos quadrature.

    .. math:: \frac1P \operatorname{tr} f(H) = \operatorname{E}\, v^\top f(H)\, v
              \approx \frac1s \sum_{i \le s} \sum_{j \le m} w_{ij} f(\theta_{ij}),

    v uniform on the unit sphere. For each probe it is Gauss quadrature: exact for polynomials up
    to degree 2m - 1. What is random is the probe.

    Paper: Wu et al., Figure 2 (there from the whole matrix). Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P) or a LinearOperator.
        rng: where the probes come from.
        num_steps: m, Lanczos steps for each probe; no more than P are taken. Keeps m P numbers.
        num_probes: s.

    Returns:
        A `SpectralDensity`. It resolves the edges first: m steps tell apart no more than m masses.

    Raises:
        ValueError: for a matrix that is not square and symmetric, or counts below 1.
        TypeError: if ``rng`` is not a Generator or a count not an integer.

    Example:
        >>> result = spectral_density(np.diag([1.0, 2.0]), np.random.default_rng(0))
        >>> print(result)
        eigenvalues from 1 to 2 (8 probes, 16 products)
    """
    operator, rng = require_operator(operator), require_generator(rng)
    require_integer(num_steps, "num_steps", minimum=1)
    runs = []
    for _ in range(require_count(num_probes, "num_probes", minimum=1)):
        probe = rng.standard_normal(operator.shape[0])
        runs.append(quadrature(lanczos(operator, probe, num_steps)))
    length = max(len(nodes) for nodes, _ in runs)
    return SpectralDensity(
        nodes=np.array([np.pad(x, (0, length - len(x)), "edge") for x, _ in runs]),
        weights=np.array([np.pad(w, (0, length - len(w))) for _, w in runs]),
        num_params=operator.shape[0],
        num_products=sum(len(nodes) for nodes, _ in runs),
    )


def quadrature(matrix: Tridiagonal) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss quadrature, from the eigenvectors' first entries."""
    largest = max(np.abs(matrix.diagonal).max(), np.abs(matrix.offdiagonal).max(initial=0.0))
    scale = power_of_two(largest)
    nodes, vectors = eigh_tridiagonal(
        matrix.diagonal / scale, matrix.offdiagonal / scale, lapack_driver="stev"
    )
    return scale * nodes, vectors[0] ** 2
