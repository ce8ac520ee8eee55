"""Figures: arrays in, Axes out, one style; `explore` gives a figure its slider."""

from flatlib.figures import style
from flatlib.figures.coordinates import coordinates
from flatlib.figures.directions import directions
from flatlib.figures.explore import Explorable, explore, still
from flatlib.figures.hyperbolas import hyperbolas
from flatlib.figures.kinks import zoom
from flatlib.figures.notions import notions
from flatlib.figures.radial import radial
from flatlib.figures.spectrum import spectrum
from flatlib.figures.speed import speed
from flatlib.figures.sweep import step_sweep
from flatlib.figures.valley import valley

__all__ = [
    "Explorable",
    "coordinates",
    "directions",
    "explore",
    "hyperbolas",
    "notions",
    "radial",
    "spectrum",
    "speed",
    "step_sweep",
    "still",
    "style",
    "valley",
    "zoom",
]
