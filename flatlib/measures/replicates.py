"""What replicates of the volume of solutions say together, and whether their chains stick."""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from flatlib._short import short
from flatlib.estimate import Estimate

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
