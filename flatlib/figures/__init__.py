"""Figures: arrays in, Axes out, one style; `explore` gives a figure its slider."""

from flatlib.figures import style
from flatlib.figures.bounds import bound_scatter, counterexample_bars
from flatlib.figures.boxes import boxes
from flatlib.figures.closing import closing_in
from flatlib.figures.convex import interpolants
from flatlib.figures.coordinates import coordinates
from flatlib.figures.directions import directions
from flatlib.figures.discs import discs
from flatlib.figures.drift import drift
from flatlib.figures.eigenvalue_growth import eigenvalue_growth
from flatlib.figures.explore import Explorable, explore, still
from flatlib.figures.fits import attacked_fits, networks_and_ridge
from flatlib.figures.hyperbolas import hyperbolas
from flatlib.figures.kinks import zoom
from flatlib.figures.node_scaling import node_scaling
from flatlib.figures.notions import notions
from flatlib.figures.orbit import orbit_curves
from flatlib.figures.pixels import ranking_flip
from flatlib.figures.radial import radial
from flatlib.figures.ranking import rank_flip
from flatlib.figures.rankings import bent_axis
from flatlib.figures.search import random_search
from flatlib.figures.spectrum import spectrum
from flatlib.figures.speed import speed
from flatlib.figures.subspaces import random_subspaces
from flatlib.figures.sweep import step_sweep
from flatlib.figures.valley import valley
from flatlib.figures.volume_growth import volume_growth

__all__ = [
    "Explorable",
    "attacked_fits",
    "bent_axis",
    "bound_scatter",
    "boxes",
    "closing_in",
    "coordinates",
    "counterexample_bars",
    "directions",
    "discs",
    "drift",
    "eigenvalue_growth",
    "explore",
    "hyperbolas",
    "interpolants",
    "networks_and_ridge",
    "node_scaling",
    "notions",
    "orbit_curves",
    "radial",
    "random_search",
    "random_subspaces",
    "rank_flip",
    "ranking_flip",
    "spectrum",
    "speed",
    "step_sweep",
    "still",
    "style",
    "valley",
    "volume_growth",
    "zoom",
]
