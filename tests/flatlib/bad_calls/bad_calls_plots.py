"""Bad calls of plots: (label, call, kind of error, words of it)."""

import numpy as np
from bad_calls import NET, PARAMS, RNG, SQUARED, changed

from flatlib import plots
from flatlib.curvature import spectral_density

V, T = ValueError, TypeError
P = NET.num_params
DENSITY = spectral_density(np.eye(3), RNG)
ONE, TWO = np.ones(P), np.arange(P) + 1.0


def loud(p):
    return np.exp(1e3 * p[0] ** 2)


def slice(direction=ONE, objective=SQUARED, params=PARAMS, **options):
    return plots.slice(objective, params, direction, **options)


def surface(first=ONE, second=TWO, objective=SQUARED, params=PARAMS, **options):
    return plots.surface(objective, params, (first, second), **options)


CASES = [
    ("plot of no eigenvalues", lambda: plots.spectrum([]), V, "at least one"),
    ("plot of a Hessian", lambda: plots.spectrum(np.eye(3)), V, "1 dimension"),
    ("plot of a NaN eigenvalue", lambda: plots.spectrum([1.0, np.nan]), V, "eigenvalues must be f"),
    ("plot of an infinite one", lambda: plots.spectrum([1.0, np.inf]), V, "eigenvalues must be fi"),
    ("plot of complex ones", lambda: plots.spectrum([1j]), T, "eigenvalues must hold real"),
    ("density of another P", lambda: plots.spectrum(ONE, density=DENSITY), V, f"P = {P}"),
    ("density as an array", lambda: plots.spectrum(ONE, density=ONE), T, "SpectralDensity"),
    ("two densities", lambda: plots.spectrum(DENSITY, density=DENSITY), V, "two densities"),
    ("spectrum on a figure", lambda: plots.spectrum(ONE, ax="figure"), T, "ax must be plain"),
    ("slice of None", lambda: slice(objective=None), T, "objective must be callable"),
    ("slice at flat theta", lambda: slice(params=ONE), T, "unflatten"),
    ("slice at NaN", lambda: slice(params=changed(3, [np.nan, 0.0])), V, "params[3]"),
    ("slice, short direction", lambda: slice(ONE[:-1]), V, f"P = {P} entries"),
    ("slice, direction as a matrix", lambda: slice(np.ones((P, 1))), V, f"P = {P} entries"),
    ("slice, other shapes", lambda: slice(PARAMS[:2]), V, "shapes of params"),
    ("slice, transposed shapes", lambda: slice(changed(0, PARAMS[0].T)), V, "shapes of params"),
    ("slice, NaN in a vector", lambda: slice(np.nan * ONE), V, "direction must be finite"),
    ("slice, NaN in arrays", lambda: slice(changed(1, np.full(3, np.nan))), V, "must be finite"),
    ("slice, zero direction", lambda: slice(0 * ONE), V, "must not be 0"),
    ("slice, direction by name", lambda: slice("top"), T, "direction must hold real numbers"),
    ("slice, extent 0", lambda: slice(extent=0.0), V, "extent must be positive"),
    ("slice, infinite extent", lambda: slice(extent=np.inf), V, "extent must be finite"),
    ("slice, two points", lambda: slice(num_points=2), V, "num_points must be at least 3"),
    ("slice, points as float", lambda: slice(num_points=9.0), T, "num_points must be an integer"),
    ("slice, ax of pyplot", lambda: slice(ax=np), T, "got module"),
    ("slice, infinite loss", lambda: slice([1.0], loud, np.zeros(1)), V, "loss must be finite"),
    ("slice, two losses", lambda: slice([1.0], lambda p: np.ones(2), np.ones(1)), V, "shape ()"),
    ("surface, one direction", lambda: plots.surface(SQUARED, PARAMS, (ONE,)), V, "2 items"),
    ("surface, a matrix", lambda: plots.surface(SQUARED, PARAMS, np.eye(2)), T, "tuple or list"),
    ("surface, parallel", lambda: surface(ONE, -2 * ONE), V, "span a plane"),
    ("surface, short", lambda: surface(ONE, TWO[:3]), V, f"directions[1] must have P = {P}"),
    ("surface, NaN", lambda: surface(ONE * np.nan), V, "directions[0] must be finite"),
    ("surface, extent -1", lambda: surface(extent=-1.0), V, "extent must be positive"),
    ("surface, two points", lambda: surface(num_points=2), V, "num_points must be at least 3"),
    ("surface of one number", lambda: plots.surface(loud, np.zeros(1)), V, "Draw a slice"),
    ("surface, ax = 1", lambda: surface(ax=1), T, "ax must be plain"),
    ("compare, arrays alone", lambda: plots.compare([1.0], [2.0]), V, "names must come"),
    ("compare, a dict and an array", lambda: plots.compare({"a": 1.0}, [2.0]), T, "of one form"),
    ("compare, other measures", lambda: plots.compare({"a": 1.0}, {"b": 1.0}), V, "the same meas"),
    ("compare, dicts and names", lambda: plots.compare({}, {}, names=["a"]), V, "left out"),
    ("compare, nothing", lambda: plots.compare({}, {}), V, "names must be one text"),
    ("compare, 0", lambda: plots.compare({"a": 0.0}, {"a": 1.0}), V, "before must be positive"),
    ("compare, -1", lambda: plots.compare({"a": 1.0}, {"a": -1.0}), V, "after must be positive"),
    ("compare, NaN", lambda: plots.compare({"a": 1.0}, {"a": np.nan}), V, "after must be finite"),
    ("compare, text", lambda: plots.compare({"a": "1"}, {"a": 1.0}), T, "before must hold real"),
    ("compare, short", lambda: plots.compare(ONE[:2], ONE[:1], names="ab"), T, "tuple or list"),
    (
        "compare, 2 and 1",
        lambda: plots.compare([1, 2], [1], names=["a", "b"]),
        V,
        "after must have",
    ),
    (
        "compare, one name",
        lambda: plots.compare([1, 2], [1, 2], names=["a"]),
        V,
        "names must have 2",
    ),
    ("compare, twins", lambda: plots.compare([1, 2], [1, 2], names=["a", "a"]), V, "no two alike"),
    ("compare, ax = 1", lambda: plots.compare({"a": 1}, {"a": 1}, ax=1), T, "ax must be plain"),
    ("heat map of a dict", lambda: plots.invariance({}), T, "matrix must be one of invariance"),
    ("heat map of None", lambda: plots.invariance(None), T, "matrix must be one of invariance"),
]
