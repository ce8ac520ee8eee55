"""The volume of the solutions: the mass of the law of the start that fits n labels."""

import numpy as np

from flatlib._guards import require_count, require_generator
from flatlib._types import ArrayLike
from flatlib.measures._many import Labelled, Outputs, Start, labelled
from flatlib.measures._slices import move_for
from flatlib.measures.replicates import SolutionVolume
from flatlib.networks import MLP


def solution_volume(
    classifier: MLP | Outputs,
    inputs: ArrayLike,
    labels: ArrayLike,
    rng: np.random.Generator,
    *,
    size: int | None = None,
    start: Start | None = None,
    margin: ArrayLike = 0.0,
    num_particles: int = 300,
    num_sweeps: int = 2,
    num_replicates: int = 8,
) -> SolutionVolume:
    r"""The mass, under the law of the start, of all networks that are right on every example.

    .. math:: V_n = P_0\{\theta : \theta\text{ is right on } z_1, \dots, z_n\}
              = \prod_{j\le n} P_0(\text{right on } z_j \mid \text{right on } z_1, \dots, z_{j-1})

    Sequential Monte Carlo, a label at a time: the share of K networks that are right on the next
    example is a factor; those networks are copied until there are K again; and each is moved
    along elliptical slices that leave the law of solutions alone. The product is unbiased, for any
    number of moves, even none.

    Right means :math:`yf(x) > 0` for one output, and the largest output for several; a tie is
    wrong. With a margin c it means :math:`yf(x) > c`, or larger by more than c than all others.
    The moves change one hidden unit after the other if the classifier is a `flatlib.MLP`, and all
    parameters at once if it is a function.

    Source: Murray, Adams and MacKay 2010 (the moves); the proof that it is unbiased is on the page.
    Page: ``book/volume_is_accuracy``.

    Args:
        classifier: a `flatlib.MLP`, or a function of thetas, shape (K, P), and inputs that returns
            outputs of shape (K, N) or (K, N, C).
        inputs: shape (N, d), or what the function takes, examples first.
        labels: shape (N,): 1 and -1 for one output, classes from 0 on for several.
        rng: draws the networks.
        size: P, needed for a function.
        start: what makes the parameters out of independent standard normal numbers, shape (K, P),
            for a start of another law: ``lambda z: 2 * scipy.special.ndtr(z) - 1`` for a uniform
            one between -1 and 1. None for the normal law itself.
        margin: c >= 0, or one for each example. The trap: a large one at a stroke leaves no
            survivors; give each example several times, with growing margins.
        num_particles: K, at least 2.
        num_sweeps: how often each network is moved through all of its weights after each label.
        num_replicates: R, at least 2 independent runs; their scatter gives the standard error.

    Returns:
        A `SolutionVolume`. The trap: its logarithm is biased downwards, and where the chains
        stick the error is too small; `SolutionVolume.sticks` says so when the replicates show it.

    Raises:
        ValueError: for labels that do not fit the outputs, wrong shapes, too few particles.
        TypeError: if the classifier is neither, or ``rng`` is no Generator.

    Example:
        >>> net, rng = MLP((2, 1), bias=False), np.random.default_rng(0)
        >>> found = solution_volume(net, np.eye(2), [1, 1], rng)
        >>> abs(found.volume.value - 0.25) < 4 * found.volume.standard_error
        True
    """
    problem = labelled(classifier, inputs, labels, size, start, margin)
    count = require_count(num_particles, "num_particles", minimum=2)
    moves = require_count(num_sweeps, "num_sweeps", minimum=0)
    runs = require_count(num_replicates, "num_replicates", minimum=2)
    return _run(problem, (runs, count), moves, require_generator(rng))


def _run(
    problem: Labelled, shape: tuple[int, int], sweeps: int, rng: np.random.Generator
) -> SolutionVolume:
    """All replicates side by side, those that still live."""
    (replicates, particles), steps = shape, len(problem.labels)
    logs, solutions = np.full((replicates, steps), -np.inf), np.zeros((*shape, problem.size))
    move, living = move_for(problem), np.arange(replicates)
    normals, ancestors = (
        rng.normal(size=solutions.shape),
        np.tile(np.arange(particles), (replicates, 1)),
    )
    for j in range(steps):
        right = problem.right(_flat(normals), slice(j, j + 1)).reshape(-1, particles)
        keep = right.any(axis=1)
        living, normals, right = living[keep], normals[keep], right[keep]
        if not living.size:
            break
        logs[living, j] = np.log(right.mean(axis=1))
        chosen = np.array([_copied(row, rng) for row in right])
        normals = np.take_along_axis(normals, chosen[:, :, None], axis=1)
        ancestors[living] = np.take_along_axis(ancestors[living], chosen, axis=1)
        for _ in range(sweeps):
            normals = move(_flat(normals), j + 1, rng).reshape(normals.shape)
    if living.size:
        solutions[living] = problem.params(_flat(normals)).reshape(normals.shape)
    return SolutionVolume(logs, solutions, np.array([len(set(row)) for row in ancestors.tolist()]))


def _flat(normals: np.ndarray) -> np.ndarray:
    """The networks of all replicates in one column."""
    return normals.reshape(-1, normals.shape[2])


def _copied(right: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """K positions of networks that are right, each equally often, up to one."""
    alive = np.flatnonzero(right)
    return alive[rng.permutation(alive.size)[np.arange(right.size) % alive.size]]
