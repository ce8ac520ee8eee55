"""Getting to a minimum."""

from flatlib.training.descent import descent
from flatlib.training.output_layer import fit_output_layer

__all__ = ["descent", "fit_output_layer"]
