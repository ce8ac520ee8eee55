"""Something to look with: arrays, or what flatlib returns, in; Matplotlib Axes out.

Each function draws on the Axes it is given, or on new ones, and returns them. Matplotlib is
imported when the first of them is called, never by ``import flatlib``.
"""

from flatlib.plots.compare import compare
from flatlib.plots.invariance import invariance
from flatlib.plots.slice import slice
from flatlib.plots.spectrum import spectrum
from flatlib.plots.surface import surface

__all__ = ["compare", "invariance", "slice", "spectrum", "surface"]
