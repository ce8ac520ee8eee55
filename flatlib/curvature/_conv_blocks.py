"""Where the blocks of a convolutional net's Hessian lie, and the residual part of each."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import numpy as np

from flatlib._guards import require_shape
from flatlib.curvature._conv_tangents import correlations
from flatlib.curvature._conv_tape import Step
from flatlib.networks import ConvNet
from flatlib.networks._plan import Stage
from flatlib.objective import Objective


class Layout:
    """Sizes of the blocks, and how much memory one example takes.

    Attributes:
        shapes: (inputs of the layer, the 1 of a bias included; channels M) of each block.
        starts: where each block begins in theta, and P.
        room: rows of the Hessian that are worked on at once.
        fixed_bytes: memory for that many rows.
        example_size: float64 numbers that one example needs at the worst moment.
    """

    def __init__(self, network: ConvNet, budget: int):
        self.bias = network.bias
        stages = network.plan.stages
        kernels = [stage.kernel_shape for stage in stages]
        self.shapes = [(h * w * c + self.bias, m) for h, w, c, m in kernels]
        self.starts = [0, *accumulate(i * m for i, m in self.shapes)]
        num_params = self.starts[-1]
        # a quarter of the budget for rows of the result on their way into it
        self.room = int(np.clip(budget // (4 * 8 * num_params), 16, 512))
        self.fixed_bytes = 8 * self.room * num_params
        self.example_size = _example_size(network, self)

    def block(self, result: np.ndarray, k: int, later: int) -> np.ndarray:
        """Writable view (i, M, i', M') of one block."""
        rows, columns = (slice(*self.starts[b : b + 2]) for b in (k, later))
        return result[rows, columns].reshape(*self.shapes[k], *self.shapes[later])


def _example_size(network: ConvNet, layout: Layout) -> int:
    """Maps, cotangents and the Jacobian, with the tangents of two neighbouring layers."""
    stages, seeds = network.plan.stages, network.num_outputs + 1
    maps = sum(s.window.size * s.channels + 5 * s.window.out_size * s.filters for s in stages)
    flows = 3 * max(s.window.out_size * s.filters for s in stages[1:] or stages)
    flows += sum(s.out_size * s.filters for s in stages)
    worst, below = seeds * layout.room, 0
    for k, stage in enumerate(stages[:-1]):
        here = _kept_twice(stage) * stage.filters * (layout.shapes[k][0] + layout.starts[k])
        worst = max(worst, below + here + _lifted(stage, layout, k))
        below = here
    return maps + seeds * (flows + layout.starts[-2]) + worst


def _kept_twice(stage: Stage) -> int:
    """Positions of z that are kept; twice as many if they are copied on their way through pools."""
    first, *rest = (*stage.pools, None)
    if first is None:
        return stage.window.out_size
    return first.window.out_size if first.is_max and len(rest) == 1 else 2 * stage.window.out_size


def _lifted(stage: Stage, layout: Layout, k: int) -> int:
    """Patches, and tangents of z at all positions before some are kept."""
    dense = [layout.starts[j + 1] - layout.starts[j] for j in range(k - 1)]
    widest = max([layout.shapes[k - 1][0] if k else 0, *dense])
    return stage.window.out_size * (layout.shapes[k][0] + 2 * stage.filters * widest)


def gradient_size(network: ConvNet) -> int:
    """float64 numbers that one example needs for a gradient."""
    stages = network.plan.stages
    return sum(4 * s.window.size * s.channels + 9 * s.window.out_size * s.filters for s in stages)


def slices(objective: Objective, bytes_left: int, example_size: int) -> Iterator[slice]:
    """Ranges of examples whose temporaries fit, as equal as can be."""
    largest = max(1, int(bytes_left // (8 * example_size)))
    count = -(-objective.num_examples // largest)
    step = -(-objective.num_examples // count)
    for start in range(0, objective.num_examples, step):
        yield slice(start, start + step)


def prepare(out: Any, num_params: int) -> np.ndarray:
    """A result full of zeros: the caller's, or a new one."""
    if out is None:
        return np.zeros((num_params, num_params))
    if not isinstance(out, np.ndarray) or out.dtype != np.float64:
        came = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"out must be a float64 array, got {came}. Pass np.empty((P, P)).")
    require_shape(out, (num_params, num_params), "out")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError(
            "out must be contiguous and writable, got a view that is not. Pass np.empty((P, P))."
        )
    out[...] = 0.0
    return out


def require_a_part(residual: bool, curvature: bool) -> None:
    """Refuse what is no switch, and a Hessian without parts."""
    for name, value in (("residual", residual), ("curvature", curvature)):
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(
                f"{name} must be True or False, got {type(value).__name__}. Pass either."
            )
    if not (residual or curvature):
        raise ValueError(
            "residual and curvature must not both be False, got a Hessian without parts. "
            "Keep one of them True."
        )


def add_residual(
    result: np.ndarray, layout: Layout, later: int, step: Step, below: dict, deltas: np.ndarray
) -> None:
    """Blocks (k, later) for every k below, from the tangents of the layer's input."""
    deltas = np.ascontiguousarray(deltas.transpose(0, 2, 1))
    channels, filters = step.stage.channels, step.stage.filters
    for k, tangents in below.items():
        block, places = layout.block(result, k, later), step.stage.window.positions.shape[1]
        inputs = block[:, :, : places * channels]
        inputs = inputs.reshape(*block.shape[:2], places, channels, filters)
        if k == later - 1:
            # channel c of the map depends on column c of the kernel below, and on no other
            targets = np.einsum("icpcq->ciqp", inputs)
        else:
            targets = inputs.transpose(3, 1, 0, 4, 2)
        width = int(np.prod(targets.shape[1:-2]))
        group = max(1, layout.room * layout.starts[-1] // (width * filters))
        flat = tangents.reshape(*tangents.shape[:2], -1)
        for columns, place, sums in correlations(
            step.stage.window, flat, deltas, room=group * width
        ):
            chosen = slice(columns.start // width, columns.stop // width)
            target = targets[chosen, ..., place]
            target += sums.reshape(target.shape)


def add_bends(
    result: np.ndarray, layout: Layout, k: int, tangents: dict, weights: np.ndarray
) -> None:
    """The products of tangents of z_k, weighted by phi'' dL/dphi: blocks (j, j') up to (k, k)."""
    for c in range(weights.shape[1]):
        weight = np.ascontiguousarray(weights[:, c]).reshape(-1, 1)
        columns = {j: t[:, :, c].reshape(len(weight), -1) for j, t in tangents.items()}
        own = columns.pop(k)
        curved = weight * own
        layout.block(result, k, k)[:, c, :, c] += own.T @ curved
        for j, left in columns.items():
            _add_weighted(layout, layout.block(result, j, k)[:, :, :, c : c + 1], left, curved)
            for other in (o for o in columns if o >= j):
                right = weight * columns[other]
                _add_weighted(layout, layout.block(result, j, other), left, right)


def _add_weighted(layout: Layout, block: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """Add left^T right to a block (i, M, i', M'), some channels M at a time."""
    inputs, filters = block.shape[:2]
    group = max(1, layout.room // inputs)
    for start in range(0, filters, group):
        channels = slice(start, min(start + group, filters))
        sums = left[:, channels.start * inputs : channels.stop * inputs].T @ right
        sums = sums.reshape(-1, inputs, block.shape[3], block.shape[2])
        block[:, channels] += sums.transpose(1, 0, 3, 2)


def mirror(result: np.ndarray, room: int) -> None:
    """Copy the upper triangle below the diagonal, so that symmetry holds to the last bit."""
    size = len(result)
    for start in range(0, size, room):
        stop = min(start + room, size)
        corner = result[start:stop, start:stop]
        low = np.tril_indices(stop - start, k=-1)
        corner[low] = corner.T[low]
        result[stop:, start:stop] = result[start:stop, stop:].T
