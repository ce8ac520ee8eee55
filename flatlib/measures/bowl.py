"""The product of the largest eigenvalues, and the volume of a quadratic bowl it stands for."""

import math
from typing import Any

import numpy as np
from scipy.special import gammaln

from flatlib._guards import require_array, require_choice, require_integer, require_positive
from flatlib.curvature import hessian

_LOGARITHMS = {"e": np.log, "10": np.log10}


def log_product(objective: Any, params: Any, k: int, *, base: str = "e") -> float:
    r"""Logarithm of the product of the k largest eigenvalues, :math:`\sum_{i\le k}\log\lambda_i`.

    The paper's V(k), its stand-in for the log of one over the volume of a basin. For a quadratic
    loss **half** of it is that logarithm, up to a constant: see `bowl_log_volume`. Equation (13)
    says log, Figure 3 draws log10.

    Paper: Wu et al., equation (13). Page: ``book/spectra_and_basins``.

    Args:
        objective: a `flatlib.Objective`, or any callable ``params -> float`` written with
            ``autograd.numpy``.
        params: arrays with P entries in all, as for `flatlib.hessian`.
        k: how many eigenvalues, from 1 to the number of positive ones.
        base: ``"e"`` or ``"10"``.

    Returns:
        A real number: the larger, the sharper. The trap: it falls without end as a net with
        cross-entropy is trained on, so compare nets of one training loss.

    Raises:
        ValueError: if fewer than k eigenvalues are positive beyond rounding, and as
            `flatlib.hessian` does.
        TypeError: for a k that is no integer, and as `flatlib.hessian` does.

    Example:
        >>> log_product(lambda p: 50 * p[0] ** 2 + 5 * p[1] ** 2, np.zeros(2), 2, base="10")
        3.0
    """
    return sum_of_logs(np.linalg.eigvalsh(hessian(objective, params)), k, base=base)


def sum_of_logs(eigenvalues: Any, k: int, *, base: str = "e") -> float:
    r"""V(k), as `log_product`, from eigenvalues that are known already.

    Page: ``book/spectra_and_basins``.

    Args:
        eigenvalues: at least the k largest, in any order, shape (n,).
        k: how many of them, from 1 to the number of positive ones.
        base: ``"e"`` or ``"10"``.

    Raises:
        ValueError: if fewer than k are above n times the rounding error of the largest modulus:
            below that the sign of an eigenvalue is chance, and so would be its logarithm.
        TypeError: for a k that is no integer.

    Example:
        >>> round(sum_of_logs([4.0, 0.0, 0.25, 1.0], 2), 3)
        1.386
    """
    eigenvalues = _require_eigenvalues(eigenvalues)
    logarithm = _LOGARITHMS[require_choice(base, "base", _LOGARITHMS)]
    k = require_integer(k, "k", minimum=1)
    rounding = len(eigenvalues) * np.finfo(float).eps * np.abs(eigenvalues).max()
    positive = np.sort(eigenvalues[eigenvalues > rounding])[::-1]
    if k > len(positive):
        raise ValueError(
            f"k must be at most {len(positive)}, the number of positive eigenvalues, got {k}. "
            "Pass a smaller k: a logarithm needs a positive number."
        )
    return float(logarithm(positive[:k]).sum())


def log_of_product(eigenvalues: Any) -> float:
    r"""Natural logarithm of the product of all of them; minus infinity if one is not positive.

    Page: ``book/spectra_and_basins``.

    Args:
        eigenvalues: shape (n,). The trap: a negative one counts as 0. `sum_of_logs` refuses it.

    Example:
        >>> round(log_of_product([4.0, 0.5]), 3), log_of_product([4.0, 0.0])
        (0.693, -inf)
    """
    with np.errstate(divide="ignore"):
        return float(np.log(np.maximum(eigenvalues, 0.0)).sum())


def bowl_log_volume(eigenvalues: Any, height: float) -> float:
    r"""Log of the volume of :math:`\{\eta : \frac12\sum_i\lambda_i\eta_i^2 \le \epsilon\}`.

    .. math:: \log\omega_k + \frac{k}{2}\log 2\epsilon - \frac12 \sum_{i\le k}\log\lambda_i

    with :math:`\omega_k` the volume of the unit ball of k dimensions. Given the k largest
    eigenvalues of a Hessian, it is the k-volume of the section of the bowl by their eigenvectors.

    Paper: ours, after Wu et al., equation (13). Page: ``book/spectra_and_basins``.

    Args:
        eigenvalues: none of them negative, shape (k,).
        height: epsilon > 0, a difference of losses.

    Returns:
        Natural logarithm of a volume; infinity if an eigenvalue is 0.

    Raises:
        ValueError: if an eigenvalue is negative, or the height not positive.

    Example:
        >>> round(float(np.exp(bowl_log_volume([1.0, 1.0], 0.5))), 6)  # a unit disc
        3.141593
    """
    eigenvalues = _require_eigenvalues(eigenvalues)
    height, k = require_positive(height, "height"), len(eigenvalues)
    if eigenvalues.min() < 0:
        raise ValueError(
            f"eigenvalues must not be negative, got {eigenvalues.min():g}. "
            "A saddle has no bowl: go to a minimum first, as flatlib.training.polish does."
        )
    if eigenvalues.min() == 0:
        return math.inf
    ball = 0.5 * k * math.log(math.pi) - gammaln(0.5 * k + 1)
    return float(ball + 0.5 * k * math.log(2 * height) - 0.5 * log_of_product(eigenvalues))


def _require_eigenvalues(value: Any) -> np.ndarray:
    eigenvalues = require_array(value, "eigenvalues", ndim=1)
    if len(eigenvalues) == 0:
        raise ValueError("eigenvalues must be at least one, got none. Pass those of a Hessian.")
    return eigenvalues
