r"""One forward pass of a convolutional net, and what is pulled back along it.

A map of n examples is an array (positions, channels, n). Cotangents carry an axis of seeds in
front of the examples: (positions, channels, seeds, n), so that all of them go down at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flatlib.activations import Activation
from flatlib.networks import Params
from flatlib.networks._banded import pull, push
from flatlib.networks._plan import Stage
from flatlib.networks._pools import Pool
from flatlib.networks.convnet import require_convnet, to_maps
from flatlib.objective import MEAN_LOSS, Objective, require_no_l2


@dataclass(frozen=True)
class Choice:
    """A pool and, for max pooling, the position it chose for each window: (out_size, M, n)."""

    pool: Pool
    chosen: np.ndarray | None

    def forward(self, tangents: np.ndarray) -> np.ndarray:
        """Pool (size, M, seeds, n) the way the values were pooled."""
        if self.chosen is None:
            return self.pool.average(tangents)
        result = np.empty((self.pool.window.out_size, *tangents.shape[1:]))
        for positions, here in self._offsets():
            np.copyto(result, tangents[positions], where=here)
        return result

    def adjoint(self, cotangents: np.ndarray) -> np.ndarray:
        """Send (out_size, M, seeds, n) back to where it came from."""
        if self.chosen is None:
            return self.pool.spread(cotangents)
        result = np.zeros((self.pool.window.size, *cotangents.shape[1:]))
        for positions, here in self._offsets():
            # positions of one offset differ from window to window: nothing is added twice
            result[positions] += cotangents * here
        return result

    def _offsets(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for positions in self.pool.window.positions.T:
            yield positions, (self.chosen == positions[:, None, None])[:, :, None, :]


@dataclass(frozen=True)
class Step:
    """One stage at one point: kernel, the maps that come in, and what became of them.

    Attributes:
        stage: its shapes.
        kernel: (height, width, C, M).
        maps: input, (size, C, n).
        z: before the activation, (out_size of the window, M, n).
        activation: phi; None for the last stage, which has none.
        slope: phi'(z), or None.
        pools: what each pool chose.
    """

    stage: Stage
    kernel: np.ndarray
    maps: np.ndarray
    z: np.ndarray
    activation: Activation | None
    slope: np.ndarray | None
    pools: tuple[Choice, ...]

    @cached_property
    def bend(self) -> np.ndarray | None:
        """phi''(z), or None if it is 0 everywhere; computed when asked for: a gradient never is."""
        if self.activation is None:
            return None
        bend = self.activation.curvature(self.z)
        return bend if bend.any() else None

    @cached_property
    def split(self) -> tuple[np.ndarray | None, tuple[Choice, ...]]:
        """Positions of z that leading max pools keep (None for all), and the pools after them."""
        kept, rest = None, list(self.pools)
        while rest and (chosen := rest[0].chosen) is not None:
            rest.pop(0)
            kept = chosen if kept is None else np.take_along_axis(kept, chosen, axis=0)
        return kept, tuple(rest)

    def keep(self, values: np.ndarray) -> np.ndarray:
        """Those of the values (positions of z, M, n) that leading max pools keep."""
        kept, _ = self.split
        return values if kept is None else np.take_along_axis(values, kept, axis=0)

    def unpool(self, cotangents: np.ndarray) -> np.ndarray:
        """From the output of the stage down to phi(z)."""
        for choice in reversed(self.pools):
            cotangents = choice.adjoint(cotangents)
        return cotangents

    def to_z(self, cotangents: np.ndarray) -> np.ndarray:
        """From the output of the stage down to z."""
        cotangents = self.unpool(cotangents)
        return cotangents if self.slope is None else cotangents * self.slope[:, :, None, :]

    def bent(self, flowing: np.ndarray) -> np.ndarray:
        """phi''(z) dL/d phi(z) at the positions that are kept, (kept, M, n), from `all_flows`."""
        loss_seed = flowing[:, :, -1:]
        for choice in reversed(self.split[1]):
            loss_seed = choice.adjoint(loss_seed)
        assert self.bend is not None  # or the stage would not be asked
        return self.keep(self.bend) * loss_seed[:, :, 0]

    def to_maps(self, at_z: np.ndarray) -> np.ndarray:
        """From z down to the input of the stage."""
        flat = at_z.reshape(*at_z.shape[:2], -1)
        pulled = pull(self.kernel, flat, self.stage.window)
        return pulled.reshape(*pulled.shape[:2], *at_z.shape[2:])


@dataclass(frozen=True)
class Tape:
    """A forward pass on some examples; ``outputs`` and ``targets`` have shape (n, C)."""

    steps: list[Step]
    outputs: np.ndarray
    targets: np.ndarray


def record(objective: Objective, params: Params, examples: slice = slice(None)) -> Tape:
    """Run the network forwards on ``examples``."""
    network = require_convnet(require_no_l2(objective, why=MEAN_LOSS).network)
    maps = np.ascontiguousarray(to_maps(objective.inputs[examples]))
    for pool in network.plan.head:
        maps = pool(maps)
    steps: list[Step] = []
    for stage, (kernel, bias) in zip(network.plan.stages, network.kernels(params), strict=True):
        z = push(kernel, maps, stage.window)
        z = z if bias is None else z + bias[:, None]
        activation = network.activation if len(steps) + 1 < network.depth else None
        step, maps = _step(stage, kernel, maps, z, activation)
        steps.append(step)
    return Tape(steps, np.ascontiguousarray(maps[0].T), objective.targets[examples])


def _step(
    stage: Stage, kernel: np.ndarray, maps: np.ndarray, z: np.ndarray, activation: Activation | None
) -> tuple[Step, np.ndarray]:
    """The step, and the maps that go on to the next."""
    values, pools = z if activation is None else activation(z), []
    for pool in stage.pools:
        pools.append(Choice(pool, pool.choose(values) if pool.is_max else None))
        values = pools[-1].forward(values[:, :, None, :])[:, :, 0]
    slope = None if activation is None else activation.slope(z)
    return Step(stage, kernel, maps, z, activation, slope, tuple(pools)), values


def cotangents(tape: Tape, seeds: np.ndarray) -> Iterator[tuple[Step, np.ndarray]]:
    """From the last stage to the first: a step and the cotangents (…, seeds, n) of its output.

    Args:
        tape: a forward pass.
        seeds: cotangents of the network's output, shape (C, seeds, n).
    """
    flowing = seeds[None]
    for number, step in reversed(list(enumerate(tape.steps))):
        yield step, flowing
        if number > 0:
            flowing = step.to_maps(step.to_z(flowing))


def all_flows(objective: Objective, tape: Tape, root: np.ndarray) -> list[np.ndarray]:
    """Cotangents of each stage's output, for the columns of the root and last for the loss."""
    seeds = np.concatenate([root.transpose(1, 2, 0), loss_seeds(objective, tape)], axis=1)
    return [flowing for _, flowing in cotangents(tape, seeds)][::-1]


def loss_root(objective: Objective, tape: Tape) -> tuple[np.ndarray, np.ndarray | None]:
    """A with A diag(signs) A^T = l''/N, (n, C, seeds) and (n, seeds); no signs if it is convex."""
    root, signs = objective.loss.root(tape.outputs, tape.targets)
    return root / np.sqrt(objective.num_examples), signs


def loss_seeds(objective: Objective, tape: Tape) -> np.ndarray:
    """dL/df as one seed, shape (C, 1, n)."""
    slope = objective.loss.gradient(tape.outputs, tape.targets) / objective.num_examples
    return slope.T[:, None, :]
