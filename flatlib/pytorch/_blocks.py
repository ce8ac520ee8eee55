"""Curvature of each part of a module, in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_count, require_generator
from flatlib.curvature import hutch_plus_plus, top_eigenvalues
from flatlib.estimate import Estimate
from flatlib.pytorch._operator import ModuleOperator
from flatlib.pytorch._refusals import kind


@dataclass(frozen=True)
class Block:
    """One part of a module; see `block_report`.

    Page: ``book/your_own_network``.

    Attributes:
        name: of the part.
        size: number of its parameters.
        trace: of its diagonal block, with its standard error; 0 where it was computed whole.
        largest_eigenvalue: of its diagonal block, algebraic.
    """

    name: str
    size: int
    trace: Estimate
    largest_eigenvalue: float


@dataclass(frozen=True)
class BlockReport:
    """Curvature part by part, made by `block_report`.

    Page: ``book/your_own_network``.

    Attributes:
        blocks: one `Block` for each part, in the order of the module.
        frozen: names of the parameters that are left out because they are frozen.
    """

    blocks: tuple[Block, ...]
    frozen: tuple[str, ...]

    def __str__(self) -> str:
        """A line for each part, and one that says what is left out."""
        width = max(len("part"), *(len(block.name) for block in self.blocks))
        lines = [f"{'part':<{width}} {'size':>9} {'largest':>10} {'trace':>10}"]
        for block in self.blocks:
            error = block.trace.standard_error
            lines.append(
                f"{block.name:<{width}} {block.size:>9} {block.largest_eigenvalue:>10.4g} "
                f"{block.trace.value:>10.4g}" + (f" ± {error:.1g}" if error else "")
            )
        if self.frozen:
            lines.append(f"left out, because frozen: {', '.join(self.frozen)}")
        return "\n".join(lines)


def block_report(
    operator: Any,
    rng: np.random.Generator,
    *,
    parts: Sequence[str] | None = None,
    num_products: int = 60,
) -> BlockReport:
    r"""Size, trace and largest eigenvalue of the curvature of each part of a module.

    They are those of the diagonal blocks: what the loss would see if one part alone moved. The
    traces add up to that of the whole; the eigenvalues say nothing of it but that its largest is
    not below any of them. Page: ``book/your_own_network``.

    Args:
        operator: of `hessian_operator` or `gauss_newton_operator`.
        rng: where the probes of the traces come from.
        parts: names of parts of the module; its children, and parameters of its own, unless told.
        num_products: for each trace; a part with no more parameters is computed whole.

    Raises:
        ValueError: if a part has no parameters that are measured.
        TypeError: if the operator is not that of a module, or rng no Generator.

    Example:
        >>> import torch
        >>> from flatlib.pytorch import hessian_operator
        >>> net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1, bias=False))
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> found = block_report(hessian_operator(net, "squared", x, x), np.random.default_rng(0))
        >>> [(block.name, block.size) for block in found.blocks]
        [('0', 2), ('1', 1)]
    """
    if not isinstance(operator, ModuleOperator):
        raise TypeError(
            f"operator must be that of a module, got {kind(operator)}. "
            "Pass pytorch.hessian_operator(module, loss, inputs, targets)."
        )
    require_generator(rng)
    num_products = require_count(num_products, "num_products", minimum=3)
    if parts is None:
        parts = tuple(dict.fromkeys(name.partition(".")[0] for name in operator.names))
    blocks = tuple(_measured(operator, part, num_products, rng) for part in parts)
    return BlockReport(blocks, operator.frozen)


def _measured(
    operator: ModuleOperator, part: str, num_products: int, rng: np.random.Generator
) -> Block:
    block = operator.block(part)
    size = block.shape[0]
    if size <= num_products:
        matrix = block.matrix()
        trace = Estimate("trace", float(np.trace(matrix)), 0.0, size, "products")
        return Block(part, size, trace, float(np.linalg.eigvalsh(matrix)[-1]))
    trace = hutch_plus_plus(block, rng, num_products=num_products)
    return Block(part, size, trace, float(top_eigenvalues(block, 1)[0]))
