"""Single rows of the invariance matrix, and the coordinates that are among its columns."""

import numpy as np

from flatlib import invariance_matrix

COORDINATES = ("weight norm", "radial", "power")


def one(measure, families, **options):
    return invariance_matrix(
        np.random.default_rng(0), measures=measure, transforms=families, **options
    )
