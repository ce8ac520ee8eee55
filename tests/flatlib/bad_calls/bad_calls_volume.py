"""Bad calls of the measures of volume: (label, call, kind of error, words of its message)."""

import numpy as np

from flatlib import MLP, Objective
from flatlib.measures import (
    Box,
    certified_box,
    clipped_volume,
    fastest_pair,
    growth_exponent,
    loss_bound,
    strip_area,
    swept_area,
)

RNG = np.random.default_rng(0)
NET = MLP((2, 3, 2))
PARAMS = NET.init(RNG)
OBJECTIVE = Objective(NET, "squared", np.ones((4, 2)), np.zeros((4, 2)))
TANH = Objective(MLP((2, 3, 2), "tanh"), "squared", np.ones((4, 2)), np.zeros((4, 2)))
BLIND = Objective(MLP((2, 2), bias=False), "squared", np.zeros((4, 2)), np.zeros((4, 2)))
LARGE = Objective(NET, "squared", np.ones((4, 2)), np.full((4, 2), 1e9))
BOX = Box(PARAMS, np.full(NET.num_params, 0.1))
TINY = Box(([[1.0]], [[1.0]]), [0.1, 0.1])
V, T = ValueError, TypeError


def clipped(inside=lambda t: t[:, 0] > 0, sizes=(1, 1), clip=1.0, rng=RNG, **options):
    return clipped_volume(inside, sizes, clip, rng, **options)


CASES = [
    ("box: half_widths short", lambda: Box(PARAMS, [0.1]), V, "half_widths"),
    ("box: half_widths 0", lambda: Box(([[1.0]],), [0.0]), V, "half_widths"),
    ("box: half_widths matrix", lambda: Box(([[1.0]],), [[0.1]]), V, "half_widths"),
    ("box: half_widths NaN", lambda: Box(([[1.0]],), [np.nan]), V, "half_widths"),
    ("box: text as centre", lambda: Box(("one",), [0.1]), T, "params"),
    ("box: scaled by 0", lambda: TINY.scaled([1.0, 0.0]), V, "multipliers"),
    ("box: scaled by a number", lambda: TINY.scaled(2.0), V, "multipliers"),
    ("box: overlap with params", lambda: TINY.overlaps(PARAMS), T, "box"),
    ("box: overlap with another net's", lambda: TINY.overlaps(BOX), V, "other"),
    ("box: draw from a seed", lambda: TINY.draw(0), T, "rng"),
    ("step: moving as numbers", lambda: TINY.disjoint_step([1, 0]), T, "moving"),
    ("step: moving short", lambda: TINY.disjoint_step([True]), V, "moving"),
    ("step: nothing moves", lambda: TINY.disjoint_step([False, False]), V, "moving"),
    ("step: box around 0", lambda: Box(([0.0],), [0.1]).disjoint_step([True]), V, "moving"),
    ("bound: no objective", lambda: loss_bound(len, BOX), T, "objective"),
    ("bound: params for a box", lambda: loss_bound(OBJECTIVE, PARAMS), T, "box"),
    ("bound: another net's box", lambda: loss_bound(OBJECTIVE, TINY), V, "params"),
    ("bound: tanh", lambda: loss_bound(TANH, BOX), V, "activation"),
    ("certified: no objective", lambda: certified_box(len, PARAMS, 0.1), T, "objective"),
    ("certified: short params", lambda: certified_box(OBJECTIVE, PARAMS[:1], 0.1), V, "params"),
    ("certified: height 0", lambda: certified_box(OBJECTIVE, PARAMS, 0.0), V, "height"),
    ("certified: lost height", lambda: certified_box(LARGE, PARAMS, 1.0), V, "height"),
    ("certified: tanh", lambda: certified_box(TANH, PARAMS, 0.1), V, "activation"),
    ("certified: blind", lambda: certified_box(BLIND, [np.ones((2, 2))], 1.0), V, "objective"),
    ("exponent: no network", lambda: growth_exponent(PARAMS), T, "network"),
    ("exponent: same layer", lambda: growth_exponent(NET, layers=(1, 1)), V, "layers"),
    ("exponent: tanh", lambda: growth_exponent(MLP((2, 3, 2), "tanh")), V, "homogeneous"),
    ("fastest: one layer", lambda: fastest_pair(MLP((2, 2))), V, "network"),
    ("fastest: no network", lambda: fastest_pair(PARAMS), T, "network"),
    ("strip: upside down", lambda: strip_area(1.0, 0.0, 2.0), V, "low"),
    ("strip: infinite", lambda: strip_area(0.0, np.inf, 2.0), V, "high"),
    ("strip: clip 0", lambda: strip_area(0.0, 1.0, 0.0), V, "clip"),
    ("swept: one weight", lambda: swept_area((1.0,), 0.1, 2.0), V, "theta"),
    ("swept: array", lambda: swept_area(np.ones(2), 0.1, 2.0), T, "theta"),
    ("swept: radius too large", lambda: swept_area((1.0, 1.0), 1.0, 2.0), V, "radius"),
    ("swept: radius 0", lambda: swept_area((1.0, 1.0), 0.0, 2.0), V, "radius"),
    ("swept: reach below 1", lambda: swept_area((1.0, 1.0), 0.1, 0.5), V, "reach"),
    ("clipped: a box for a function", lambda: clipped(inside=TINY), T, "inside"),
    ("clipped: numbers returned", lambda: clipped(inside=lambda t: t[:, 0]), T, "inside"),
    ("clipped: a table returned", lambda: clipped(inside=lambda t: t > 0), V, "inside"),
    ("clipped: three sizes", lambda: clipped(sizes=(1, 1, 1)), V, "sizes"),
    ("clipped: size 0", lambda: clipped(sizes=(1, 0)), V, "sizes"),
    ("clipped: clip 0", lambda: clipped(clip=0.0), V, "clip"),
    ("clipped: a seed", lambda: clipped(rng=0), T, "rng"),
    ("clipped: a billion", lambda: clipped(num_samples=10**9), V, "num_samples must be at most"),
    ("clipped: one sample", lambda: clipped(num_samples=1), V, "num_samples"),
    ("clipped: no shells", lambda: clipped(num_shells=0), V, "num_shells"),
]
