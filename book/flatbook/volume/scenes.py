"""The net with one hidden unit, whose low set is known, and a loss whose low set has islands."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class LowSet:
    """Where the squared loss of one rectified unit is below a height; call it on rows of theta.

    The targets are what theta = (1, ..., 1) says. For positive inputs and a height below a half of
    the least squared target over N, the set is the component of that minimum: it is
    {theta_2 > 0, theta_1 theta_2 in an ellipsoid}.

    >>> LowSet([[1.0]])(np.array([[1.0, 1.0], [4.0, 0.25], [4.0, 1.0]]))
    array([ True,  True, False])
    """

    inputs: np.ndarray
    height: float = 0.1
    targets: np.ndarray = field(init=False, repr=False)

    def __post_init__(self):
        inputs = np.asarray(self.inputs, dtype=float)
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", inputs.sum(axis=1))

    @property
    def sizes(self) -> tuple[int, int]:
        """(n_1, n_2)."""
        return self.inputs.shape[1], 1

    def exact_volume(self, clip: float, grid: int = 200) -> float:
        r"""Its volume inside the cube of half-side R, for two inputs; R^2 at least the largest p.

        With p = theta_1 theta_2 and t = theta_2 volume is dp dt / t^2, and max|p| / R < t < R, so
        it is R times the integral of 1 / max|p| over the ellipse E of all p, less area(E) / R.
        """
        root = np.linalg.inv(np.linalg.cholesky(self.inputs.T @ self.inputs / len(self.inputs)))
        steps = (np.arange(grid) + 0.5) / grid
        radii, angles = np.sqrt(2 * self.height) * steps, 2 * np.pi * steps
        circles = np.stack([np.cos(angles), np.sin(angles)]).T @ root
        products = np.abs(1 + radii[:, None, None] * circles)
        cells = radii[:, None] * np.abs(np.linalg.det(root)) * np.sqrt(2 * self.height)
        cells = cells * 2 * np.pi / grid**2
        inverse = (cells / products.max(axis=2)).sum()
        return clip * inverse - cells.sum() * grid / clip

    def __call__(self, thetas: np.ndarray) -> np.ndarray:
        """Bools, one for each row (theta_1, theta_2)."""
        hidden = np.maximum(thetas[:, :-1] @ self.inputs.T, 0.0)
        residuals = hidden * thetas[:, -1:] - self.targets
        return (residuals**2).mean(axis=1) / 2 < self.height


# examples in general position in one, two and three dimensions, and one that is blind to a weight
LINE = LowSet([[1.0]])
PLANE = LowSet([[1.0, 0.2], [0.3, 1.0], [0.8, 0.7]])
SPACE = LowSet([[1.0, 0.2, 0.2], [0.2, 1.0, 0.2], [0.2, 0.2, 1.0]])
SINGLE = LowSet([[1.0, 0.0]])


def islands(thetas: np.ndarray) -> np.ndarray:
    """Loss of (theta_1, theta_2) in R^2 x R: 0 at (1, 0, 1) and its images under powers of T_2.

    |p - e_1|^2 + |p| sin^2(pi/2 log_2(|theta_1| / |theta_2|)) with p = theta_1 theta_2; at p = 0
    the second term tends to 0, so the loss is continuous.
    """
    first, second = np.linalg.norm(thetas[..., :2], axis=-1), np.abs(thetas[..., 2])
    products = thetas[..., :2] * thetas[..., 2:]
    wave = np.sin(np.pi / 2 * (np.log2(first) - np.log2(second))) ** 2
    return ((products - [1.0, 0.0]) ** 2).sum(axis=-1) + first * second * wave
