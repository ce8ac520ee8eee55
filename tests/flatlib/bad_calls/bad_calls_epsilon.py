"""Bad calls of the sharpness measures and their figures: (label, call, kind of error, words)."""

import autograd.numpy as anp
import numpy as np
from bad_calls import PARAMS, RNG, SQUARED, changed

from flatlib.measures import epsilon_sharpness, keskar_sharpness, random_subspace

V, T = ValueError, TypeError
P = sum(array.size for array in PARAMS)
AXIS = np.eye(P)[:, :1]


def ball(objective=SQUARED, params=PARAMS, radius=0.1, rng=RNG, **options):
    return epsilon_sharpness(objective, params, radius, rng, **options)


def box(objective=SQUARED, params=PARAMS, radius=0.1, rng=RNG, **options):
    return keskar_sharpness(objective, params, radius, rng, **options)


def at(step):
    """PARAMS with the first entry moved."""
    return changed(0, PARAMS[0] + step * np.eye(2, 3))


CASES = [
    ("sharpness: far witness", lambda: ball(witnesses=[at(1.0)]), V, "witness must lie in"),
    ("sharpness: short witness", lambda: ball(witnesses=[PARAMS[:2]]), V, "witness"),
    ("sharpness: witness off", lambda: ball(subspace=AXIS, witnesses=[at(0.01)]), V, "subspace"),
    ("sharpness: NaN subspace", lambda: ball(subspace=AXIS * np.nan), V, "subspace must be finite"),
    ("sharpness: short subspace", lambda: ball(subspace=AXIS[1:]), V, f"subspace must have {P}"),
    ("sharpness: no columns", lambda: ball(subspace=AXIS[:, :0]), V, "at least one column"),
    ("sharpness: vector", lambda: ball(subspace=AXIS[:, 0]), V, "subspace must have 2 dim"),
    ("sharpness: twice", lambda: ball(subspace=np.hstack([AXIS, AXIS])), V, "independent"),
    ("keskar: None", lambda: box(objective=None), T, "objective must be callable"),
    ("keskar: radius 0", lambda: box(radius=0.0), V, "radius must be positive"),
    ("keskar: radii", lambda: box(radius=[0.1, 0.2]), V, "radius must be one number"),
    ("keskar: seed", lambda: box(rng=0), T, "rng"),
    (
        "keskar: a billion",
        lambda: box(num_restarts=10**9),
        V,
        "num_restarts must be at most 1000000",
    ),
    ("keskar: no restarts", lambda: box(num_restarts=0), V, "num_restarts must be at least 1"),
    ("keskar: half a step", lambda: box(num_steps=0.5), T, "num_steps must be an integer"),
    ("keskar: wrong net", lambda: box(params=PARAMS[:1]), V, "params"),
    ("keskar: NaN params", lambda: box(params=changed(0, np.full((2, 3), np.nan))), V, "params[0]"),
    ("keskar: negative", lambda: box(lambda p: p[0] - 9, np.ones(1)), V, "must not be negative"),
    ("keskar: infinite", lambda: box(_wall, np.ones(1), radius=1.0), V, "must be finite in"),
    ("keskar: far witness", lambda: box(witnesses=[at(9.0)]), V, "witness must lie in"),
    ("keskar: witness off", lambda: box(subspace=AXIS, witnesses=[at(0.01)]), V, "subspace"),
    ("keskar: complex subspace", lambda: box(subspace=AXIS * 1j), T, "subspace"),
    ("keskar: subspace of zeros", lambda: box(subspace=0 * AXIS), V, "independent columns"),
    ("subspace: dimension 0", lambda: random_subspace(PARAMS, 0, RNG), V, "dimension"),
    ("subspace: dimension 1.0", lambda: random_subspace(PARAMS, 1.0, RNG), T, "dimension"),
    ("subspace: too many", lambda: random_subspace(PARAMS, P + 1, RNG), V, "at most the number"),
    ("subspace: seed", lambda: random_subspace(PARAMS, 2, 0), T, "rng"),
    ("subspace: no params", lambda: random_subspace((), 2, RNG), V, "params"),
]


def _wall(p):
    """Finite at 1, infinite from 2 on."""
    return anp.where(p[0] > 1.5, np.inf, p[0] ** 2)
