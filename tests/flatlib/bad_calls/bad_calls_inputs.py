"""Bad calls of input Jacobians and representations: (label, call, kind of error, words of it)."""

import numpy as np
from bad_calls import INPUTS, NET, PARAMS, SQUARED

from flatlib import MLP
from flatlib.curvature import autodiff, input_jacobian
from flatlib.measures import covariant_complexity
from flatlib.transforms import (
    AffineMap,
    Bijection,
    Gaussianization,
    gaussianization,
    standardization,
    whitening,
)

V, T = ValueError, TypeError
DATA = np.random.default_rng(0).normal(size=(20, 2))
XI = AffineMap(np.diag([2.0, 0.5]), center=np.ones(2))
BARE, ONES = MLP((2, 3, 2), bias=False), np.ones(2)
NAN = np.full((4, 2), np.nan)
CONSTANT = np.column_stack([DATA[:, 0], ONES[0] + 0 * DATA[:, 0]])
POWERS = gaussianization(DATA)
CUBE = Bijection(lambda x: x**3, np.cbrt)
WRONG = Bijection(np.sinh, np.cosh)
SHORT = Bijection(lambda x: x[:, :1], lambda u: u)

CASES = [
    # Jacobians
    ("jacobian of an objective", lambda: input_jacobian(SQUARED, PARAMS, INPUTS), T, "network"),
    ("jacobian, wrong params", lambda: input_jacobian(NET, PARAMS[:2], INPUTS), V, "params"),
    ("jacobian at one vector", lambda: input_jacobian(NET, PARAMS, ONES), V, "inputs"),
    ("jacobian at NaN", lambda: input_jacobian(NET, PARAMS, NAN), V, "inputs must be finite"),
    ("jacobian, wrong width", lambda: input_jacobian(NET, PARAMS, np.ones((4, 3))), V, "inputs"),
    ("rows of a number", lambda: autodiff.row_jacobians(3.0, DATA), T, "function"),
    ("rows of a vector", lambda: autodiff.row_jacobians(np.sin, ONES), V, "inputs"),
    ("rows that are summed", lambda: autodiff.row_jacobians(np.sum, DATA), V, "function must ret"),
    ("rows that are lost", lambda: autodiff.row_jacobians(lambda x: x[:3], DATA), V, "one row"),
    # affine maps
    ("singular map", lambda: AffineMap(np.ones((2, 2))), V, "matrix must be invertible"),
    ("map that is not square", lambda: AffineMap(np.ones((2, 3))), V, "matrix"),
    ("map of NaN", lambda: AffineMap(np.eye(2) * np.nan), V, "matrix must be finite"),
    ("map from a vector", lambda: AffineMap(ONES), V, "matrix must have 2 dimensions"),
    ("center of another length", lambda: AffineMap(np.eye(2), center=np.ones(3)), V, "center"),
    ("complex map", lambda: AffineMap(1j * np.eye(2)), T, "matrix"),
    ("a map of a vector", lambda: XI(ONES), V, "inputs must have 2 dimensions"),
    ("a map of three features", lambda: XI(np.ones((4, 3))), V, "inputs"),
    ("inverse of three features", lambda: XI.inverse(np.ones((4, 3))), V, "codes"),
    ("affine jacobian at NaN", lambda: XI.inverse.jacobian(NAN), V, "codes must be finite"),
    ("fold without biases", lambda: XI.fold(BARE, PARAMS[0::2]), V, "network must have biases"),
    ("fold into three inputs", lambda: XI.fold(MLP((3, 1)), ([[1.0]] * 3, [0.0])), V, "2 inputs"),
    ("fold wrong params", lambda: XI.fold(NET, PARAMS[:2]), V, "params"),
    ("fold into an objective", lambda: XI.fold(SQUARED, PARAMS), T, "network"),
    # fitting
    ("standardize one example", lambda: standardization(DATA[:1]), V, "at least two rows"),
    ("standardize a vector", lambda: standardization(ONES), V, "inputs must have 2 dimensions"),
    ("standardize NaN", lambda: standardization(NAN), V, "inputs must be finite"),
    ("standardize nothing", lambda: standardization(np.ones((4, 0))), V, "at least two rows"),
    ("whiten text", lambda: whitening([["1", "2"], ["3", "4"]]), T, "inputs"),
    ("whiten too few", lambda: whitening(DATA[:2]), V, "more rows than columns"),
    ("whiten a constant feature", lambda: whitening(CONSTANT), V, "vary in every direction"),
    ("negative ridge", lambda: whitening(DATA, ridge=-1.0), V, "ridge must not be negative"),
    ("gaussianize a constant feature", lambda: gaussianization(CONSTANT), V, "every feature"),
    ("gaussianize one example", lambda: gaussianization(DATA[:1]), V, "at least two rows"),
    # other bijections
    ("power above 2", lambda: Gaussianization([2.5], [0.0], [1.0]), V, "powers must lie"),
    ("power below 0", lambda: Gaussianization([-0.5], [0.0], [1.0]), V, "powers must lie"),
    ("scale 0", lambda: Gaussianization([1.0], [0.0], [0.0]), V, "scale must be positive"),
    ("one center too many", lambda: Gaussianization([1.0], [0.0, 0.0], [1.0]), V, "center"),
    ("power as a number", lambda: Gaussianization(1.0, [0.0], [1.0]), V, "powers"),
    ("gaussianize three features", lambda: POWERS(np.ones((4, 3))), V, "inputs"),
    ("ungaussianize a vector", lambda: POWERS.inverse(ONES), V, "codes"),
    ("gaussian jacobian at NaN", lambda: POWERS.inverse.jacobian(NAN), V, "codes must be finite"),
    ("bijection from arrays", lambda: Bijection(DATA, np.sinh), T, "preprocess must be callable"),
    ("bijection without inverse", lambda: Bijection(np.sinh, None), T, "restore"),
    ("inverse that is none", lambda: WRONG(DATA), V, "undo each other"),
    ("inverse that is none, back", lambda: WRONG.inverse(1 + DATA**2), V, "undo each other"),
    ("jacobian of no inverse", lambda: WRONG.inverse.jacobian(1 + DATA**2), V, "undo each other"),
    ("a feature is lost", lambda: SHORT(DATA), V, "preprocess(inputs)"),
    ("bijection of a vector", lambda: CUBE(ONES), V, "inputs must have 2 dimensions"),
    # measures
    ("complexity at a point", lambda: covariant_complexity(NET, PARAMS, [[1.0, 2.0]]), V, "two"),
    ("complexity of an objective", lambda: covariant_complexity(SQUARED, PARAMS, DATA), T, "netw"),
    ("complexity at NaN", lambda: covariant_complexity(NET, PARAMS, NAN), V, "inputs"),
]
