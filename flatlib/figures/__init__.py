"""Figures: arrays in, Axes out, one style; `explore` gives a figure its slider."""

from flatlib.figures import style
from flatlib.figures.attacks import attacked_answers, nearest_neighbour
from flatlib.figures.balance import balance_paths, ends
from flatlib.figures.basins import basin_map
from flatlib.figures.bounds import bound_scatter, counterexample_bars
from flatlib.figures.boxes import boxes
from flatlib.figures.closing import closing_in
from flatlib.figures.connected import connected
from flatlib.figures.convex import interpolants
from flatlib.figures.coordinates import coordinates
from flatlib.figures.correlations import correlations
from flatlib.figures.directions import directions
from flatlib.figures.discs import discs
from flatlib.figures.drift import drift
from flatlib.figures.edge import edge
from flatlib.figures.eigenvalue_growth import eigenvalue_growth
from flatlib.figures.explore import Explorable, explore, still
from flatlib.figures.fits import attacked_fits, networks_and_ridge
from flatlib.figures.flattest import flattest_point
from flatlib.figures.hyperbolas import hyperbolas
from flatlib.figures.invariance import invariance_heatmap, moving_measures
from flatlib.figures.kinks import zoom
from flatlib.figures.ladder import ladder
from flatlib.figures.node_scaling import node_scaling
from flatlib.figures.notions import notions
from flatlib.figures.orbit import orbit_curves
from flatlib.figures.own_network import own_network
from flatlib.figures.own_networks import paper_networks
from flatlib.figures.pixels import ranking_flip
from flatlib.figures.radial import radial
from flatlib.figures.ranking import rank_flip
from flatlib.figures.rankings import bent_axis
from flatlib.figures.runs import printed_tables, runs_so_far, starts
from flatlib.figures.scaled_clouds import scaled_clouds
from flatlib.figures.search import random_search
from flatlib.figures.solutions import solution_spectra
from flatlib.figures.spectrum import spectrum
from flatlib.figures.speed import speed
from flatlib.figures.subspaces import random_subspaces
from flatlib.figures.sweep import step_sweep
from flatlib.figures.valley import valley
from flatlib.figures.volume_accuracy import beside_and_adversary, volume_cloud, volume_panels
from flatlib.figures.volume_growth import volume_growth

__all__ = [
    "Explorable",
    "attacked_answers",
    "attacked_fits",
    "balance_paths",
    "basin_map",
    "bent_axis",
    "beside_and_adversary",
    "bound_scatter",
    "boxes",
    "closing_in",
    "connected",
    "coordinates",
    "correlations",
    "counterexample_bars",
    "directions",
    "discs",
    "drift",
    "edge",
    "eigenvalue_growth",
    "ends",
    "explore",
    "flattest_point",
    "hyperbolas",
    "interpolants",
    "invariance_heatmap",
    "ladder",
    "moving_measures",
    "nearest_neighbour",
    "networks_and_ridge",
    "node_scaling",
    "notions",
    "orbit_curves",
    "own_network",
    "paper_networks",
    "printed_tables",
    "radial",
    "random_search",
    "random_subspaces",
    "rank_flip",
    "ranking_flip",
    "runs_so_far",
    "scaled_clouds",
    "solution_spectra",
    "spectrum",
    "speed",
    "starts",
    "step_sweep",
    "still",
    "style",
    "valley",
    "volume_cloud",
    "volume_growth",
    "volume_panels",
    "zoom",
]
