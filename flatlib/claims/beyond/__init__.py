"""Claims that are ours: what neither paper says, each a function that checks it."""

from flatlib.claims.beyond import (
    balance,
    connection,
    counting,
    cross_entropy,
    evidence,
    flattest,
    input_representation,
    invariant_spectra,
    ladder,
    log_product,
    not_lipschitz,
    prior,
    reconciliation,
    subspaces,
    volume,
)

# in the order of the book
MODULES = (
    volume,
    counting,
    subspaces,
    not_lipschitz,
    input_representation,
    cross_entropy,
    log_product,
    invariant_spectra,
    balance,
    flattest,
    ladder,
    evidence,
    prior,
    connection,
    reconciliation,
)
