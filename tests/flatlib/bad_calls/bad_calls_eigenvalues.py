"""Bad calls of counts and compensated scalings: (label, call, kind of error, words of it)."""

import numpy as np
from bad_calls import NET, PARAMS, SQUARED, TANH

from flatbook import many_eigenvalues
from flatlib import MLP
from flatlib.measures import count_above, eigenvalue_growth, growth_by_layer, scaled_eigenvalues
from flatlib.transforms import compensated_scale, unit_freedom

V, T = ValueError, TypeError
EYE, ONES = np.eye(3), np.ones(3)
SKEW = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
SADDLE, HIDDEN = np.diag([1.0, 1.0, -0.1]), np.array([[0.0, 1.0], [1.0, 1.0]])
LINEAR = MLP((2, 2))

draw = many_eigenvalues.eigenvalue_growth
CASES = [
    # counts
    (
        "count above NaN",
        lambda: count_above(SQUARED, PARAMS, np.nan),
        V,
        "threshold must be finite",
    ),
    ("two thresholds", lambda: count_above(SQUARED, PARAMS, [1.0, 2.0]), V, "threshold"),
    ("threshold as text", lambda: count_above(SQUARED, PARAMS, "1"), T, "threshold"),
    ("growth of a callable", lambda: eigenvalue_growth(len, ONES), T, "hessian"),
    ("growth of a vector", lambda: eigenvalue_growth(ONES, ONES), V, "hessian"),
    ("growth, not square", lambda: eigenvalue_growth(np.ones((2, 3)), ONES), V, "hessian"),
    ("growth, empty", lambda: eigenvalue_growth(np.ones((0, 0)), []), V, "hessian"),
    ("growth, not symmetric", lambda: eigenvalue_growth(SKEW, ONES), V, "symmetric"),
    ("growth, NaN", lambda: eigenvalue_growth(EYE * np.nan, ONES), V, "hessian must be finite"),
    ("growth, complex", lambda: eigenvalue_growth(EYE * 1j, ONES), T, "hessian"),
    ("growth at a saddle", lambda: eigenvalue_growth(SADDLE, ONES), V, "no negative eigenvalue"),
    ("saddle, zero diagonal", lambda: eigenvalue_growth(HIDDEN, [1.0, 1.0]), V, "negative"),
    ("exponents too few", lambda: eigenvalue_growth(EYE, [1.0]), V, "exponents must have shape"),
    ("exponents, matrix", lambda: eigenvalue_growth(EYE, EYE), V, "exponents"),
    ("exponents NaN", lambda: eigenvalue_growth(EYE, ONES * np.nan), V, "exponents must be finite"),
    ("rank tolerance 0", lambda: eigenvalue_growth(EYE, ONES, tolerance=0.0), V, "tolerance"),
    ("layers of None", lambda: growth_by_layer(None, EYE), T, "network must be a flatlib network"),
    ("layers of one layer", lambda: growth_by_layer(LINEAR, EYE), V, "at least 2 layers"),
    ("growth of tanh", lambda: growth_by_layer(TANH, np.eye(17)), V, "homogeneous"),
    ("layers, wrong matrix", lambda: growth_by_layer(NET, EYE), V, "exponents"),
    # eigenvalues of D H D
    ("diagonal too short", lambda: scaled_eigenvalues(EYE, ONES[:2]), V, "diagonal"),
    ("diagonal with 0", lambda: scaled_eigenvalues(EYE, [1.0, 0.0, 1.0]), V, "diagonal"),
    ("diagonal too large", lambda: scaled_eigenvalues(EYE, ONES * 1e160), V, "smaller scaling"),
    ("eigenvalues at a saddle", lambda: scaled_eigenvalues(SADDLE, ONES), V, "negative"),
    (
        "figure, layer 3 of 2",
        lambda: draw(SQUARED, PARAMS, 3, [1.0, 2.0]),
        V,
        "layer",
    ),
    (
        "figure at no minimum",
        lambda: draw(SQUARED, PARAMS, 2, [1.0, 2.0]),
        V,
        "negative",
    ),
    # scalings
    ("beta 0", lambda: compensated_scale(NET, 0.0, 1), V, "beta must be positive"),
    ("beta infinite", lambda: compensated_scale(NET, np.inf, 1), V, "beta must be finite"),
    ("compensating layer 0", lambda: compensated_scale(NET, 2.0, 0), V, "layer"),
    ("compensating layer 3 of 2", lambda: compensated_scale(NET, 2.0, 3), V, "layer must be at m"),
    ("compensating layer 1.0", lambda: compensated_scale(NET, 2.0, 1.0), T, "layer"),
    ("compensate in one layer", lambda: compensated_scale(LINEAR, 2.0, 1), V, "at least 2 layers"),
    ("compensate in tanh", lambda: compensated_scale(TANH, 2.0, 1), V, "homogeneous"),
    ("compensate in a callable", lambda: compensated_scale(len, 2.0, 1), T, "network"),
    ("freedom, wrong weights", lambda: unit_freedom(NET, PARAMS[:2], 1), V, "params"),
    ("freedom of layer 3 of 2", lambda: unit_freedom(NET, PARAMS, 3), V, "layer must be at most 2"),
]
