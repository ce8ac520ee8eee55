"""Getting to a minimum, good or bad, and being sure of it; and many of them at once."""

from flatlib.training.attack import Attacked, attack, attack_objective
from flatlib.training.descent import descent
from flatlib.training.memorizer import Memorizer, memorizer
from flatlib.training.output_layer import fit_output_layer
from flatlib.training.polish import Polished, polish
from flatlib.training.residual import teacher_with_residual
from flatlib.training.run import IncompleteRun, Run
from flatlib.training.schedule import cosine
from flatlib.training.sweep import sweep
from flatlib.training.table import Table, read_table
from flatlib.training.wrong import wrong_labels
from flatlib.weighted import WeightedSum

__all__ = [
    "Attacked",
    "IncompleteRun",
    "Memorizer",
    "Polished",
    "Run",
    "Table",
    "WeightedSum",
    "attack",
    "attack_objective",
    "cosine",
    "descent",
    "fit_output_layer",
    "memorizer",
    "polish",
    "read_table",
    "sweep",
    "teacher_with_residual",
    "wrong_labels",
]
