r"""Products of the Hessian and of Gauss–Newton with vectors, for convolutional nets.

Pearlmutter's R-operator (1994) by hand: a forward pass carries the tangents of every map along the
directions, a backward pass the tangents of every cotangent; see `_conv_moving`.
"""

from collections.abc import Iterator

import numpy as np

from flatlib._guards import require_array, require_integer
from flatlib._types import ArrayLike
from flatlib.curvature._conv_blocks import slices
from flatlib.curvature._conv_moving import Directions, Pass, backward, record_pass, tangents
from flatlib.curvature._memory import BUDGET
from flatlib.networks import ConvNet, Params, ParamsLike
from flatlib.networks.convnet import require_convnet
from flatlib.objective import Objective, require_objective


def hessian_matmat(
    objective: Objective, params: ParamsLike, vectors: ArrayLike, *, budget: int = BUDGET
) -> np.ndarray:
    r"""Products :math:`\nabla^2 L(\theta)\,V`, without the matrix.

    Page: ``book/exact_hessians``.

    Args:
        objective: a `flatlib.ConvNet`, loss and data.
        params: arrays with the network's shapes.
        vectors: V, shape (P, k), ordered as `flatlib.flatten` orders params.
        budget: bytes for the temporaries.

    Returns:
        float64 array of shape (P, k). Kinks and ties as in `flatlib.hessian`.

    Raises:
        ValueError: for wrong shapes, NaN or infinity; a single vector is passed as (P, 1).
        TypeError: for another network, or complex or object arrays.
    """
    return _products(objective, params, vectors, budget, residual=True)


def gauss_newton_matmat(
    objective: Objective, params: ParamsLike, vectors: ArrayLike, *, budget: int = BUDGET
) -> np.ndarray:
    r"""Products :math:`J^\top S J\,V` with the Gauss–Newton matrix; otherwise `hessian_matmat`."""
    return _products(objective, params, vectors, budget, residual=False)


class ConvProducts:
    """Products with the Hessian of a convolutional net, or with Gauss–Newton, at fixed params.

    The passes are kept if they fit half of the budget; otherwise each product runs them anew.
    """

    def __init__(self, objective: Objective, params: Params, *, residual: bool, budget: int):
        self.objective, self.params, self.residual = objective, params, residual
        self.network = require_convnet(objective.network)
        stages = self.network.plan.stages
        maps = [s.window.size * s.channels for s in stages]
        zs = [s.window.out_size * s.filters for s in stages]
        self.room = max(1, budget // 2)
        self.moving_size = sum(maps) + sum(zs) + 4 * max(maps + zs)
        kept = sum(maps) + 6 * sum(zs)
        self.example_size = max(kept, self.moving_size)
        fits = 8 * kept * objective.num_examples <= self.room
        self.passes = list(self._record()) if fits else None

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """Products with the columns of ``vectors``, (P, k)."""
        result = np.zeros(vectors.shape)
        for one in self._record() if self.passes is None else self.passes:
            examples = len(one.tape.outputs)
            width = max(1, int(self.room // (8 * self.moving_size * examples)))
            for start in range(0, vectors.shape[1], width):
                columns = slice(start, start + width)
                directions = _directions(self.network, vectors[:, columns])
                parts = backward(one, directions, tangents(one.tape, directions), self.residual)
                result[:, columns] += _assemble(parts, self.network.bias)
        return result

    def _record(self) -> Iterator[Pass]:
        for examples in slices(self.objective, self.room, self.example_size):
            yield record_pass(self.objective, self.params, examples)


def _products(
    objective: Objective, params: ParamsLike, vectors: ArrayLike, budget: int, *, residual: bool
) -> np.ndarray:
    network = require_convnet(require_objective(objective).network)
    params = network.require_params(params)
    vectors = require_array(vectors, "vectors", ndim=2)
    if len(vectors) != network.num_params:
        raise ValueError(
            f"vectors must have P = {network.num_params} rows, got shape {vectors.shape}. "
            "Each column is one vector: pass v[:, None] for one."
        )
    require_integer(budget, "budget", minimum=1)
    return ConvProducts(objective, params, residual=residual, budget=budget)(vectors)


def _directions(network: ConvNet, vectors: np.ndarray) -> Directions:
    """The columns cut into kernels and biases, the direction as last axis."""
    directions, start = [], 0
    for stage in network.plan.stages:
        shape = stage.kernel_shape
        stop = start + int(np.prod(shape))
        kernel, bias = vectors[start:stop].reshape(*shape, -1), None
        if network.bias:
            bias, stop = vectors[stop : stop + stage.filters], stop + stage.filters
        directions.append((kernel, bias))
        start = stop
    return directions


def _assemble(parts: Iterator[tuple[np.ndarray, np.ndarray]], bias: bool) -> np.ndarray:
    """Stack the blocks in the order of theta; they come from the last to the first."""
    rows: list[np.ndarray] = []
    for kernel, sums in parts:
        rows[:0] = [kernel.reshape(-1, kernel.shape[-1])] + [sums] * bias
    return np.concatenate(rows)
