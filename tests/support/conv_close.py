"""How close a matrix of a convolutional net has to be, block by block."""

import numpy as np
from oracles import TOLERANCE


def assert_blocks_close(actual, desired, params):
    """Every entry against the largest of its block; last, what is 0 in exact arithmetic."""
    edges = np.cumsum([0, *(array.size for array in params)])
    floor = 1e-15 * np.abs(desired).max()
    for rows in map(slice, edges, edges[1:]):
        for columns in map(slice, edges, edges[1:]):
            block = desired[rows, columns]
            atol = TOLERANCE * np.abs(block).max() + floor
            np.testing.assert_allclose(actual[rows, columns], block, rtol=0, atol=atol)
