r"""Tangents along directions of theta, forwards and then backwards through a convolutional net.

All directions go at once, on an axis in front of the examples: maps are (positions, channels,
directions, n).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flatlib.curvature._conv_tape import Step, Tape, loss_seeds, record
from flatlib.networks import Params
from flatlib.networks._banded import correlate, pull, push
from flatlib.objective import Objective

# one direction of the kernel and of the bias for each column: (height, width, C, M, v), (M, v)
Directions = list[tuple[np.ndarray, np.ndarray | None]]


@dataclass(frozen=True)
class Pass:
    """One forward and one backward pass over n examples.

    Attributes:
        tape: the forward pass.
        curvature: of each example's loss, divided by N, (n, C, C).
        flows: dL/dz of each stage, (positions, M, n).
        bents: phi''(z) times dL/d phi(z), the same shape; None where it is 0.
    """

    tape: Tape
    curvature: np.ndarray
    flows: list[np.ndarray]
    bents: list[np.ndarray | None]


def record_pass(objective: Objective, params: Params, examples: slice) -> Pass:
    """Run the network forwards and backwards on ``examples``."""
    tape = record(objective, params, examples)
    curvature = objective.loss.curvature(tape.outputs, tape.targets) / objective.num_examples
    flowing = loss_seeds(objective, tape)[None]
    flows: list[np.ndarray] = []
    bents: list[np.ndarray | None] = []
    for number, step in reversed(list(enumerate(tape.steps))):
        at_z = step.to_z(flowing)
        flows.insert(0, at_z[:, :, 0])
        bents.insert(0, None if step.bend is None else step.bend * step.unpool(flowing)[:, :, 0])
        if number > 0:
            flowing = step.to_maps(at_z)
    return Pass(tape, curvature, flows, bents)


def tangents(tape: Tape, directions: Directions) -> list[tuple[np.ndarray | None, np.ndarray]]:
    """For each stage the tangents of its input (None for the data) and of z."""
    moving, below = [], None
    for step, (kernel, bias) in zip(tape.steps, directions, strict=True):
        window, (height, width, channels, filters, count) = step.stage.window, kernel.shape
        examples = step.maps.shape[2]
        flat = kernel.reshape(height, width, channels, filters * count)
        at_z = push(flat, step.maps, window).reshape(-1, filters, count, examples)
        if below is not None:
            lifted = push(step.kernel, below.reshape(*below.shape[:2], -1), window)
            at_z += lifted.reshape(at_z.shape)
        if bias is not None:
            at_z += bias[:, :, None]
        moving.append((below, at_z))
        below = at_z if step.slope is None else at_z * step.slope[:, :, None, :]
        for choice in step.pools:
            below = choice.forward(below)
    return [*moving, (below, below)]


def backward(
    one: Pass, directions: Directions, ends: list, residual: bool
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """From the last stage to the first: tangents of the gradient of its kernel and bias.

    Shapes (inputs, M, v) and (M, v).
    """
    outputs = ends.pop()[0][0]
    moving = np.einsum("ncd,dvn->cvn", one.curvature, outputs)[None]
    for number, step in reversed(list(enumerate(one.tape.steps))):
        below, at_z = ends.pop()
        flowing, bent = one.flows[number], one.bents[number]
        moving_z = step.to_z(moving)
        if residual and bent is not None:
            moving_z += at_z * bent[:, :, None, :]
        if number > 0:
            moving = step.to_maps(moving_z)
            if residual:
                moving += _pull_along(step, directions[number][0], flowing)
        yield _kernel_tangents(step, below, moving_z, flowing if residual else None)


def _pull_along(step: Step, kernel: np.ndarray, flowing: np.ndarray) -> np.ndarray:
    """Cotangents pulled through each direction of the kernel: (size, C, v, n)."""
    height, width, channels, filters, count = kernel.shape
    stacked = kernel.transpose(0, 1, 2, 4, 3).reshape(height, width, channels * count, filters)
    pulled = pull(stacked, flowing, step.stage.window)
    return pulled.reshape(len(pulled), channels, count, -1)


def _kernel_tangents(
    step: Step, below: np.ndarray | None, moving_z: np.ndarray, flowing: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    window, (_, filters, count, examples) = step.stage.window, moving_z.shape
    stacked = moving_z.reshape(-1, filters * count, examples)
    sums = correlate(step.maps, stacked, window).reshape(-1, filters, count)
    if flowing is not None and below is not None:
        maps = below.reshape(len(below), -1, examples)
        more = correlate(maps, flowing, window)
        more = more.reshape(-1, step.stage.channels, count, filters)
        sums += more.transpose(0, 1, 3, 2).reshape(sums.shape)
    return sums, moving_z.sum(axis=(0, 3))
