"""Figures: arrays in, Axes out, one style; `explore` gives a figure its slider."""

from flatlib.figures import style
from flatlib.figures.bounds import bound_scatter, counterexample_bars
from flatlib.figures.explore import Explorable, explore, still
from flatlib.figures.hyperbolas import hyperbolas
from flatlib.figures.kinks import zoom
from flatlib.figures.node_scaling import node_scaling
from flatlib.figures.notions import notions
from flatlib.figures.spectrum import spectrum
from flatlib.figures.speed import speed
from flatlib.figures.sweep import step_sweep
from flatlib.figures.valley import valley

__all__ = [
    "Explorable",
    "bound_scatter",
    "counterexample_bars",
    "explore",
    "hyperbolas",
    "node_scaling",
    "notions",
    "spectrum",
    "speed",
    "step_sweep",
    "still",
    "style",
    "valley",
    "zoom",
]
