"""Six measures of one module in a table."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib.curvature import hutch_plus_plus, squared_frobenius, top_eigenvalues
from flatlib.pytorch.measures import fisher_rao, parameters_of, path_norm, relative_operator
from flatlib.pytorch.operators import hessian_operator


@dataclass(frozen=True)
class Report:
    """Six measures of one module, made by `report`.

    Page: ``book/your_own_network``.

    Attributes:
        values: name -> number.
        errors: name -> standard error, of those that are estimated.
    """

    values: dict[str, float]
    errors: dict[str, float]

    def __str__(self) -> str:
        """One line for each measure."""
        lines = []
        for name, value in self.values.items():
            error = f" ± {self.errors[name]:.1g}" if name in self.errors else ""
            lines.append(f"{name:<28} {value:.4g}{error}")
        return "\n".join(lines)


def report(
    module: Any, loss: Any, inputs: Any, targets: Any, rng: Any, *, num_products: int = 60
) -> Report:
    r"""Measures of a module as it stands: three of its weights, three of its function.

    The largest eigenvalue, the trace and the Frobenius norm of the Hessian move when the module is
    `rescaled`. The largest eigenvalue of the `relative_operator`, the squared norm `fisher_rao` and
    the `path_norm` do not: report one of these.

    Page: ``book/your_own_network``.

    Args:
        module: of the layers that `rescaled` knows.
        loss: ``"squared"`` or ``"cross_entropy"``.
        inputs: tensor of shape (N, …).
        targets: tensor.
        rng: where the probes of the trace and of the norm come from.
        num_products: for each of these two.

    Raises:
        ValueError, TypeError: as `rescaled` and `hessian_operator` do.
    """
    hessian = hessian_operator(module, loss, inputs, targets)
    trace = hutch_plus_plus(hessian, rng, num_products=num_products)
    square = squared_frobenius(hessian, rng, num_samples=num_products)
    frobenius = float(np.sqrt(square.value))
    relative = relative_operator(hessian, parameters_of(module))
    values = {
        "largest eigenvalue": float(top_eigenvalues(hessian, 1)[0]),
        "trace": trace.value,
        "Frobenius norm": frobenius,
        "largest relative eigenvalue": float(top_eigenvalues(relative, 1)[0]),
        "squared Fisher–Rao norm": fisher_rao(module, loss, inputs, targets),
        "path norm": path_norm(module, inputs),
    }
    # of the root, to first order
    errors = {"trace": trace.standard_error}
    errors["Frobenius norm"] = square.standard_error / (2 * frobenius)
    return Report(values, errors)
