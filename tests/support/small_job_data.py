"""What the small jobs are done on, and how close their answers have to be."""

import numpy as np

RNG = np.random.default_rng
X = RNG(0).normal(size=(40, 3))
Y = X @ [[1.0], [-2.0], [0.5]] + 0.1 * RNG(1).normal(size=(40, 1))
LABELS = (Y[:, 0] > 0).astype(int)


def close(found, expected, tolerance=1e-10):
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * scale)
