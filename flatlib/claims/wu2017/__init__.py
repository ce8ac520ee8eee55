"""Claims of Wu, Zhu & E 2017, each a function that checks it."""

from flatlib.claims.wu2017 import (
    appendix,
    bounds,
    converse,
    convex,
    corollary,
    decomposition,
    estimator,
    fisher,
    fits,
    node_scaling,
    reply,
)

# in the order of the book
MODULES = (
    decomposition,
    estimator,
    bounds,
    fits,
    fisher,
    corollary,
    appendix,
    node_scaling,
    converse,
    convex,
    reply,
)
