"""The volume of the solutions: the mass of the law of the start that fits n labels."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from flatlib._guards import require_count, require_generator
from flatlib._short import short
from flatlib._types import ArrayLike
from flatlib.estimate import Estimate
from flatlib.measures._many import Labelled, Outputs, Start, labelled
from flatlib.measures._slices import move_for
from flatlib.networks import MLP

# How seldom replicates of chains that do not stick are told that they do.
_SELDOM = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class SolutionVolume:
    """What `solution_volume` returns: the volumes of 1, 2, …, n labels, and random solutions.

    Page: ``book/volume_is_accuracy``.

    Attributes:
        log_shares: shape (R, n), ln of the share of replicate r's networks that fitted the first j
            labels and the next one, too; -inf from where none did.
        solutions: the networks at the end, shape (R, K, P); zeros for a replicate that died.
        ancestors: shape (R,), how many of the K first draws have descendants among them.
    """

    log_shares: np.ndarray
    solutions: np.ndarray
    ancestors: np.ndarray

    __repr__ = short

    @property
    def log_volumes(self) -> np.ndarray:
        """Shape (n,): ln of the estimated volume of the first 1, 2, …, n labels."""
        logs = self.log_shares.cumsum(axis=1)
        return np.logaddexp.reduce(logs, axis=0) - np.log(len(logs))

    @property
    def volume(self) -> Estimate:
        """The volume of all n labels, unbiased; 0 where it is below the least positive float."""
        samples = np.exp(self.log_shares.sum(axis=1))
        error = float(samples.std(ddof=1) / np.sqrt(len(samples)))
        return self._estimate("volume", float(samples.mean()), error, samples)

    @property
    def log_volume(self) -> Estimate:
        """Its natural logarithm, with the error that a small relative error of the volume makes."""
        logs, value = self.log_shares.sum(axis=1), float(self.log_volumes[-1])
        if np.isneginf(value):
            return self._estimate("log volume", value, np.inf)
        ratios = np.exp(logs - value)
        return self._estimate("log volume", value, float(ratios.std(ddof=1) / np.sqrt(len(logs))))

    @property
    def dead(self) -> int:
        """How many replicates ended without a solution; each counts as a volume of 0."""
        return int(np.isneginf(self.log_shares[:, -1]).sum())

    @property
    def scatter(self) -> float:
        """Variance of the replicates' log volumes over what it would be for independent networks.

        About 1 if the moves mix; NaN with fewer than two replicates alive.
        """
        alive = self.log_shares[np.isfinite(self.log_shares[:, -1])]
        if len(alive) < 2:
            return float("nan")
        particles = self.solutions.shape[1]
        ideal = ((np.exp(-alive) - 1) / particles).sum(axis=1).mean()
        found = alive.sum(axis=1).var(ddof=1)
        return float(found / ideal) if ideal > 0 else 1.0

    @property
    def sticks(self) -> bool:
        """Whether the chains stick: the replicates scatter more than chance allows, or all died.

        Chance allows it once in a thousand. The trap: False is no proof. Make more sweeps and look
        whether the volume moves.
        """
        alive = len(self.log_shares) - self.dead - 1
        return alive < 1 or bool(chdtrc(alive, alive * self.scatter) < _SELDOM)

    def __str__(self) -> str:
        """One line, with a warning if there is one."""
        dead = f", {self.dead} of {len(self.log_shares)} replicates died" if self.dead else ""
        stuck = ", and the chains stick: make more sweeps" if self.sticks else ""
        return f"{self.log_volume}{dead}{stuck}"

    def _estimate(
        self, name: str, value: float, error: float, samples: np.ndarray | None = None
    ) -> Estimate:
        replicates, particles, _ = self.solutions.shape
        price = replicates * particles * self.log_shares.shape[1]
        return Estimate(name, value, error, price, "networks", samples=samples)


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
