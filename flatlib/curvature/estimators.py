"""Unbiased estimates of traces and norms of a Hessian from products, each with its error."""

from typing import Any

import numpy as np

from flatlib._guards import require_count, require_generator
from flatlib.curvature._differences import wu_frobenius, wu_step_sweep
from flatlib.curvature._operators import multiply, require_operator
from flatlib.curvature._probes import draw_probes, from_samples, probe_batches
from flatlib.estimate import Estimate

__all__ = [
    "hutch_plus_plus",
    "hutchinson_trace",
    "squared_frobenius",
    "wu_frobenius",
    "wu_step_sweep",
]


def hutchinson_trace(
    operator: Any,
    rng: np.random.Generator,
    *,
    num_samples: int = 100,
    distribution: str = "rademacher",
) -> Estimate:
    r"""Trace by Hutchinson's estimator, the mean of :math:`z^\top H z`.

    Variance of one sample: :math:`2(\lVert H\rVert_F^2 - \sum_i H_{ii}^2)` for signs
    ("rademacher"), :math:`2\lVert H\rVert_F^2` for "gaussian" probes. Signs are never worse.

    Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P) or a LinearOperator.
        rng: where the probes come from.
        num_samples: M, at least 2; a fixed number: to stop when two running means agree biases
            the result.
        distribution: "rademacher" or "gaussian".

    Returns:
        An `Estimate`, unbiased, at the price of M products.

    Raises:
        ValueError: for a matrix that is not square and symmetric, or an unknown distribution.
        TypeError: if ``rng`` is not a Generator.

    Example:
        >>> print(hutchinson_trace(np.diag([1.0, 2.0]), np.random.default_rng(0)))
        trace 3 ± 0 (100 products)
    """
    operator = require_operator(operator)
    probes = probe_batches(operator, num_samples, distribution, rng)
    with np.errstate(over="ignore"):  # refused by from_samples
        samples = [np.einsum("pm,pm->m", batch, multiply(operator, batch)) for batch in probes]
    return from_samples("trace", np.concatenate(samples), num_samples, "products")


def squared_frobenius(
    operator: Any,
    rng: np.random.Generator,
    *,
    num_samples: int = 100,
    distribution: str = "gaussian",
) -> Estimate:
    r"""Square of the Frobenius norm, the mean of :math:`\lVert Hz\rVert^2`.

    Variance of one sample: :math:`2\operatorname{tr}H^4` for "gaussian" probes,
    :math:`2(\lVert H^2\rVert_F^2 - \sum_i (H^2)_{ii}^2)`, which is no more, for "rademacher".

    Paper: Wu et al., the identity before equation (14). Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P) or a LinearOperator.
        rng: where the probes come from.
        num_samples: M, at least 2.
        distribution: "gaussian" or "rademacher".

    Returns:
        An `Estimate` of the square, unbiased, at the price of M products. The root of it is
        biased low, relatively by about an eighth of the squared relative error.

    Raises:
        ValueError, TypeError: as `hutchinson_trace` does.

    Example:
        >>> signs = {"num_samples": 10, "distribution": "rademacher"}
        >>> print(squared_frobenius(np.diag([1.0, 2.0]), np.random.default_rng(0), **signs))
        squared Frobenius norm 5 ± 0 (10 products)
    """
    operator = require_operator(operator)
    probes = probe_batches(operator, num_samples, distribution, rng)
    with np.errstate(over="ignore"):  # refused by from_samples
        samples = [np.sum(multiply(operator, batch) ** 2, axis=0) for batch in probes]
    return from_samples("squared Frobenius norm", np.concatenate(samples), num_samples, "products")


def hutch_plus_plus(
    operator: Any, rng: np.random.Generator, *, num_products: int = 100
) -> Estimate:
    r"""Trace by Hutch++ (Meyer et al. 2021): exact on a sketch of the range, Hutchinson off it.

    .. math:: \operatorname{tr} Q^\top H Q
              + \frac1M \sum_i z_i^\top (I - QQ^\top) H (I - QQ^\top) z_i, \qquad
              Q = \operatorname{orth}(HS)

    A third of the products each go to HS, HQ and the M samples; S and z are signs. Curvature is
    mostly that of a few directions, and where Q holds them little is left to chance.

    Page: ``book/exact_hessians``.

    Args:
        operator: a symmetric matrix (P, P) or a LinearOperator.
        rng: where the signs come from.
        num_products: at least 6.

    Returns:
        An `Estimate`, unbiased. Its standard error is that of the samples given Q.

    Raises:
        ValueError: for a matrix that is not square and symmetric, or fewer than 6 products.
        TypeError: if ``rng`` is not a Generator.

    Example:
        >>> print(hutch_plus_plus(np.eye(2), np.random.default_rng(0), num_products=9))
        trace 2 ± 0 (9 products)
    """
    operator, rng = require_operator(operator), require_generator(rng)
    require_count(num_products, "num_products", minimum=6)
    size = operator.shape[0]
    rank = min(num_products // 3, size)
    sketch = multiply(operator, draw_probes(size, rank, "rademacher", rng))
    basis = np.linalg.qr(sketch).Q
    on_basis = np.einsum("pr,pr->", basis, multiply(operator, basis))
    off_basis = []
    for probes in probe_batches(operator, num_products - 2 * rank, "rademacher", rng):
        off = probes - basis @ (basis.T @ probes)
        off_basis.append(np.einsum("pm,pm->m", off, multiply(operator, off)))
    return from_samples("trace", on_basis + np.concatenate(off_basis), num_products, "products")
