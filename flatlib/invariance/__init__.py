"""Which measures are invariant under which symmetries: measured, and compared with the theory."""

from flatlib.invariance.cell import Cell, Trial
from flatlib.invariance.counterexample import Counterexample
from flatlib.invariance.families import FAMILIES, Family
from flatlib.invariance.laws import MOVES, STAYS, UNDEFINED, Law, transformed_hessian
from flatlib.invariance.matrix import Matrix, invariance_matrix
from flatlib.invariance.measure import Measure
from flatlib.invariance.report import Report, report
from flatlib.invariance.rows import MEASURES
from flatlib.invariance.scene import default_scene

__all__ = [
    "FAMILIES",
    "MEASURES",
    "MOVES",
    "STAYS",
    "UNDEFINED",
    "Cell",
    "Counterexample",
    "Family",
    "Law",
    "Matrix",
    "Measure",
    "Report",
    "Trial",
    "default_scene",
    "invariance_matrix",
    "report",
    "transformed_hessian",
]
