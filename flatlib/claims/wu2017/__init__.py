"""Claims of Wu, Zhu & E 2017, each a function that checks it."""

from flatlib.claims.wu2017 import (
    appendix,
    basins,
    bounds,
    converse,
    convex,
    corollary,
    decomposition,
    estimator,
    fisher,
    fits,
    initializations,
    node_scaling,
    optimizers,
    own_networks,
    reply,
)

# in the order of the book
MODULES = (
    decomposition,
    estimator,
    bounds,
    fits,
    basins,
    initializations,
    optimizers,
    fisher,
    corollary,
    appendix,
    node_scaling,
    converse,
    convex,
    own_networks,
    reply,
)
