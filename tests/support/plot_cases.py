"""One call of each plot, with or without Axes of the caller, and what they draw."""

import numpy as np
from bad_calls import NET, PARAMS, SQUARED

from flatlib import invariance_matrix, plots
from flatlib.curvature import spectral_density

P = NET.num_params
RNG = np.random.default_rng(0)
FEW = np.array([3.0, -0.5, 1.0, 0.25])
MANY = np.sort(np.concatenate([10 ** RNG.uniform(-5, 0, 300), -(10 ** RNG.uniform(-5, -3, 40))]))
DENSITY = spectral_density(np.diag(MANY), RNG, num_steps=120, num_probes=3)
BEFORE, AFTER = {"trace": 3.0, "norm": 2.0, "loss": 0.25}, {"norm": 5e4, "loss": 0.25, "trace": 0.3}
MATRIX = invariance_matrix(
    np.random.default_rng(0),
    measures=["trace", "κ_max, last", "θHθᵀ"],
    transforms=["neurons", "radial", "permute"],
)
WAYS = np.random.default_rng(1).normal(size=(2, P))
CALLS = {
    "few": lambda ax=None: plots.spectrum(FEW, ax=ax),
    "many": lambda ax=None: plots.spectrum(MANY, ax=ax),
    "many and their density": lambda ax=None: plots.spectrum(MANY, density=DENSITY, ax=ax),
    "density": lambda ax=None: plots.spectrum(DENSITY, ax=ax),
    "slice": lambda ax=None: plots.slice(SQUARED, PARAMS, WAYS[0], num_points=5, ax=ax),
    "top slice": lambda ax=None: plots.slice(SQUARED, PARAMS, num_points=5, ax=ax),
    "surface": lambda ax=None: plots.surface(SQUARED, PARAMS, tuple(WAYS), num_points=5, ax=ax),
    "top surface": lambda ax=None: plots.surface(SQUARED, PARAMS, num_points=5, ax=ax),
    "compare": lambda ax=None: plots.compare(BEFORE, AFTER, ax=ax),
    "invariance": lambda ax=None: plots.invariance(MATRIX, ax=ax),
}
