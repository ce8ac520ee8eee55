"""Bad calls of V(k), bowls and basins: (label, call, kind of error, words of its message)."""

import numpy as np

from flatlib.measures import (
    TwoWells,
    basins,
    bowl_log_volume,
    learning_coefficient,
    log_product,
    sum_of_logs,
)

V, T = ValueError, TypeError
POINT = np.ones(2)


def bowl(p):
    return p[0] ** 2 + 2 * p[1] ** 2


def find(gradient=lambda x: x, starts=((1.0,),), attractors=((0.0,),), **options):
    return basins(gradient, starts, attractors, **options)


def learn(eigenvalues=(4.0, 1.0), nbeta=10.0, gamma=1.0, **options):
    return learning_coefficient(eigenvalues, nbeta=nbeta, gamma=gamma, **options)


CASES = [
    ("V(k): k 0", lambda: log_product(bowl, POINT, 0), V, "k"),
    ("V(k): k a float", lambda: log_product(bowl, POINT, 1.0), T, "k"),
    ("V(k): k 3 of 2", lambda: log_product(bowl, POINT, 3), V, "k must be at most 2"),
    ("V(k): base 2", lambda: log_product(bowl, POINT, 1, base="2"), V, "base"),
    ("V(k): base a number", lambda: log_product(bowl, POINT, 1, base=10), V, "base"),
    ("V(k): no eigenvalue", lambda: sum_of_logs([], 1), V, "eigenvalues"),
    ("V(k): none positive", lambda: sum_of_logs([-1.0, 0.0], 1), V, "k must be at most 0"),
    ("V(k): a matrix", lambda: sum_of_logs(np.eye(2), 1), V, "eigenvalues"),
    ("V(k): NaN", lambda: sum_of_logs([np.nan], 1), V, "eigenvalues"),
    ("bowl: negative eigenvalue", lambda: bowl_log_volume([1.0, -1.0], 1.0), V, "eigenvalues"),
    ("bowl: height 0", lambda: bowl_log_volume([1.0], 0.0), V, "height"),
    ("bowl: no eigenvalue", lambda: bowl_log_volume([], 1.0), V, "eigenvalues"),
    ("learning: no eigenvalue", lambda: learn([]), V, "eigenvalues must be at least one"),
    ("learning: a saddle", lambda: learn([1.0, -0.1]), V, "eigenvalues must not be negative"),
    ("learning: a matrix", lambda: learn(np.eye(2)), V, "eigenvalues must have 1 dimension"),
    ("learning: NaN", lambda: learn([np.nan]), V, "eigenvalues must be finite"),
    ("learning: nbeta 0", lambda: learn(nbeta=0.0), V, "nbeta must be positive"),
    ("learning: gamma 0", lambda: learn(gamma=0.0), V, "gamma must be positive"),
    ("learning: steps backwards", lambda: learn(step_size=-0.1), V, "step_size"),
    ("learning: long steps", lambda: learn(step_size=0.1), V, "step_size must be below 0.0975"),
    ("basins: no gradient", lambda: find(gradient=1.0), T, "gradient"),
    ("basins: starts a vector", lambda: find(starts=[1.0]), V, "starts"),
    ("basins: attractors elsewhere", lambda: find(attractors=[[0.0, 0.0]]), V, "attractors"),
    ("basins: no attractor", lambda: find(attractors=np.ones((0, 1))), V, "attractors"),
    ("basins: no start", lambda: find(starts=np.ones((0, 1))), V, "starts"),
    ("basins: radius 0", lambda: find(radius=0.0), V, "radius"),
    ("basins: time negative", lambda: find(time=-1.0), V, "time"),
    ("basins: gradient too short", lambda: find(gradient=lambda x: x[0]), V, "gradient"),
    ("basins: gradient NaN", lambda: find(gradient=lambda x: np.nan * x), V, "gradient"),
    ("wells: ridge in a well", lambda: TwoWells(ridge=1.0), V, "ridge"),
    ("wells: curvature 0", lambda: TwoWells(curvature=0.0), V, "curvature"),
    ("wells: curvature 10", lambda: TwoWells(curvature=10.0), V, "curvature"),
    ("wells: bend NaN", lambda: TwoWells(bend=np.nan), V, "bend"),
    ("wells: three columns", lambda: TwoWells().loss(np.ones((1, 3))), V, "points"),
]
