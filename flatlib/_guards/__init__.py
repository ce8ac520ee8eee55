"""Refuse bad input at the door: which argument, what rule, what came, what to do."""

from flatlib._guards.arrays import (
    as_array,
    require_array,
    require_indices,
    require_positive_vector,
    require_shape,
)
from flatlib._guards.numbers import (
    require_count,
    require_integer,
    require_non_negative,
    require_positive,
    require_scalar,
)
from flatlib._guards.objects import (
    MAPPINGS,
    SEQUENCES,
    require_callable,
    require_choice,
    require_generator,
    require_path,
    require_sequence,
    shown,
)

__all__ = [
    "MAPPINGS",
    "SEQUENCES",
    "as_array",
    "require_array",
    "require_callable",
    "require_choice",
    "require_count",
    "require_generator",
    "require_indices",
    "require_integer",
    "require_non_negative",
    "require_path",
    "require_positive",
    "require_positive_vector",
    "require_scalar",
    "require_sequence",
    "require_shape",
    "shown",
]
