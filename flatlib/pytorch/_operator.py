"""The operator that the measures of a module are made of."""

from collections.abc import Callable

import numpy as np

from flatlib.curvature import CurvatureOperator
from flatlib.pytorch._chosen import within
from flatlib.pytorch._door import Problem


class ModuleOperator(CurvatureOperator):
    """A `flatlib.curvature.CurvatureOperator` of a module, which knows whose rows are which.

    Page: ``book/your_own_network``. Built by `hessian_operator` and `gauss_newton_operator`.

    Attributes:
        names: of the parameters, in the order of the rows.
        frozen: names of those that are left out because they are frozen.
    """

    def __init__(self, products: Callable, problem: Problem):
        sizes = [parameter.numel() for parameter in problem.parameters]
        super().__init__(products, sum(sizes))
        self.names, self.frozen = problem.names, problem.frozen
        self._owners = np.repeat(np.arange(len(sizes)), sizes)

    def __repr__(self) -> str:
        size, left_out = self.shape[0], len(self.frozen)
        words = f", {left_out} frozen parameters left out" if left_out else ""
        return f"<{size}x{size} {type(self).__name__} of {len(self.names)} parameters{words}>"

    def rows(self, part: str) -> np.ndarray:
        """Where a parameter, or those of a part of the module, stand in theta.

        Args:
            part: a name such as ``"layer3"`` or ``"layer3.0.conv1.weight"``.

        Raises:
            ValueError: if nothing of that name is measured.
        """
        found = [number for number, name in enumerate(self.names) if within(name, part)]
        if not found:
            why = "it is frozen" if any(within(name, part) for name in self.frozen) else "none such"
            raise ValueError(
                f"part must name parameters that are measured, got {part!r}: {why}. "
                "Look at operator.names."
            )
        return np.flatnonzero(np.isin(self._owners, found))

    def block(self, part: str) -> CurvatureOperator:
        """The diagonal block of one part of the module, an operator of its own.

        Args:
            part: as for `rows`.

        Raises:
            ValueError: if nothing of that name is measured.

        Example:
            >>> import torch
            >>> from flatlib.pytorch import hessian_operator
            >>> net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Linear(1, 1, bias=False))
            >>> x = torch.tensor([[1.0], [3.0]])
            >>> hessian_operator(net, "squared", x, x).block("0").shape
            (2, 2)
        """
        rows = self.rows(part)

        def products(vectors: np.ndarray) -> np.ndarray:
            whole = np.zeros((self.shape[0], vectors.shape[1]))
            whole[rows] = vectors
            return self.matmat(whole)[rows]

        return CurvatureOperator(products, len(rows))
