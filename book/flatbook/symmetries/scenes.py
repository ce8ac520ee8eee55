"""Factors by which the claims scale."""

import numpy as np

ALPHAS = 10.0 ** np.arange(-3, 4)
