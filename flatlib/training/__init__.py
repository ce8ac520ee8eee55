"""Getting to a minimum, and being sure of it."""

from flatlib.training.descent import Run, cosine, descent
from flatlib.training.output_layer import fit_output_layer
from flatlib.training.polish import Polished, polish
from flatlib.training.residual import teacher_with_residual

__all__ = [
    "Polished",
    "Run",
    "cosine",
    "descent",
    "fit_output_layer",
    "polish",
    "teacher_with_residual",
]
