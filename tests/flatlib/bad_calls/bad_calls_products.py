"""Bad calls of operators, spectra and estimators: (label, call, kind of error, words of it)."""

import numpy as np
from bad_calls import NET, PARAMS, RNG, SQUARED, changed
from scipy.sparse.linalg import LinearOperator

from flatlib import WeightedSum, fisher, hessian_diagonal
from flatlib.curvature.estimators import (
    hutch_plus_plus,
    hutchinson_trace,
    squared_frobenius,
    wu_frobenius,
    wu_step_sweep,
)
from flatlib.curvature.products import gauss_newton_operator, hessian_operator
from flatlib.curvature.spectrum import lanczos, spectral_density, top_eigenvalues

V, T = ValueError, TypeError
SUM = WeightedSum([SQUARED, SQUARED], [1.0, 2.0])
OPERATOR, P = hessian_operator(SQUARED, PARAMS), NET.num_params
EYE, ONES = np.eye(3), np.ones(P)
SKEW = np.array([[1.0, 1.0], [0.0, 1.0]])
COMPLEX = LinearOperator((3, 3), matvec=lambda v: 1j * v, dtype=complex)
WIDE = LinearOperator((2, 3), matvec=lambda v: v[:2], dtype=float)
DENSITY = spectral_density(EYE, RNG)


def wu(objective=SQUARED, params=PARAMS, rng=RNG, **options):
    return wu_frobenius(objective, params, rng, **{"num_samples": 2, **options})


CASES = [
    # operators
    ("operator of a count", lambda: hessian_operator(len, PARAMS), T, "must return one"),
    ("operator of None", lambda: gauss_newton_operator(None, PARAMS), T, "callable"),
    ("operator, wrong net", lambda: hessian_operator(SQUARED, PARAMS[:2]), V, "params"),
    ("operator at NaN", lambda: hessian_operator(SQUARED, changed(3, [np.nan, 0])), V, "params[3]"),
    ("operator, budget 0", lambda: hessian_operator(SQUARED, PARAMS, budget=0), V, "budget"),
    ("operator, budget 1e6", lambda: gauss_newton_operator(SQUARED, PARAMS, budget=1e6), T, "budg"),
    ("vector too short", lambda: OPERATOR.matvec(np.ones(3)), V, f"P = {P} rows"),
    ("vector too short for @", lambda: OPERATOR @ np.ones(3), V, f"P = {P} rows"),
    ("rows for columns", lambda: OPERATOR @ np.ones((2, P)), V, f"P = {P} rows"),
    ("vector too short before @", lambda: np.ones(3) @ OPERATOR, V, f"P = {P} rows"),
    ("vector too short for *", lambda: OPERATOR * np.ones(3), V, f"P = {P} rows"),
    ("vector too short for dot", lambda: OPERATOR.dot([1.0, 2.0]), V, f"P = {P} rows"),
    ("NaN row", lambda: (ONES * np.nan) @ OPERATOR, V, "vectors must be finite"),
    ("matrix as a vector", lambda: OPERATOR.matvec(np.ones((P, 2))), V, "vector"),
    ("vector as a matrix", lambda: OPERATOR.matmat(ONES), V, "2 dimensions"),
    ("three dimensions", lambda: OPERATOR.matmat(np.ones((P, 2, 2))), V, "vectors"),
    ("one number", lambda: OPERATOR.matvec(1.0), V, "vectors"),
    ("NaN vector", lambda: OPERATOR @ (ONES * np.nan), V, "vectors must be finite"),
    ("complex vector", lambda: OPERATOR @ (ONES * 1j), T, "vectors"),
    ("boolean vector", lambda: OPERATOR @ (ONES > 0), T, "vectors"),
    ("params as a vector", lambda: OPERATOR.matvec(PARAMS), V, "vectors"),
    # the diagonal
    ("diagonal of a number", lambda: hessian_diagonal(3, PARAMS), T, "function must be callable"),
    ("diagonal, wrong net", lambda: hessian_diagonal(SQUARED, PARAMS[:2]), V, "params"),
    ("diagonal at NaN", lambda: hessian_diagonal(SQUARED, changed(3, [np.nan, 0])), V, "params[3]"),
    ("diagonal, complex", lambda: hessian_diagonal(SQUARED, changed(3, [1j, 0])), T, "params[3]"),
    ("diagonal, budget 0", lambda: hessian_diagonal(SQUARED, PARAMS, budget=0), V, "budget"),
    ("diagonal, budget 1e6", lambda: hessian_diagonal(SQUARED, PARAMS, budget=1e6), T, "budget"),
    ("diagonal of a vector", lambda: hessian_diagonal(lambda p: p, np.ones(2)), T, "one real"),
    ("diagonal, sum, budget 0", lambda: hessian_diagonal(SUM, PARAMS, budget=0), V, "budget"),
    ("diagonal, sum, wrong net", lambda: hessian_diagonal(SUM, PARAMS[:2]), V, "params"),
    ("operator, sum, wrong net", lambda: hessian_operator(SUM, PARAMS[:2]), V, "params"),
    ("operator, sum, budget 0", lambda: hessian_operator(SUM, PARAMS, budget=0), V, "budget"),
    # a sum with weights is no distribution
    ("fisher of a sum", lambda: fisher(SUM, PARAMS), T, "objective must be a flatlib.Objective"),
    # eigenvalues
    ("eigenvalues of a callable", lambda: top_eigenvalues(SQUARED, 1), T, "hessian_operator"),
    ("eigenvalues of None", lambda: top_eigenvalues(None, 1), T, "operator"),
    ("k = 0", lambda: top_eigenvalues(EYE, 0), V, "k must be at least 1"),
    ("k above P", lambda: top_eigenvalues(EYE, 4), V, "k must be at most P = 3"),
    ("k above P, operator", lambda: top_eigenvalues(OPERATOR, P + 1), V, "k must be at most"),
    ("k as float", lambda: top_eigenvalues(EYE, 1.0), T, "k must be an integer"),
    ("which BE", lambda: top_eigenvalues(EYE, 1, which="BE"), V, "LA, SA, LM"),
    ("not symmetric", lambda: top_eigenvalues(SKEW, 1), V, "symmetric"),
    ("not square", lambda: top_eigenvalues(np.ones((2, 3)), 1), V, "operator must be square"),
    ("empty matrix", lambda: top_eigenvalues(np.ones((0, 0)), 1), V, "operator must be square"),
    ("a vector for a matrix", lambda: top_eigenvalues(np.ones(3), 1), V, "operator"),
    ("NaN matrix", lambda: top_eigenvalues(EYE * np.nan, 1), V, "operator must be finite"),
    ("complex matrix", lambda: top_eigenvalues(1j * EYE, 1), T, "operator"),
    ("complex operator", lambda: top_eigenvalues(COMPLEX, 1), T, "operator must be real"),
    ("wide operator", lambda: top_eigenvalues(WIDE, 1), V, "operator must be square"),
    # Lanczos and densities
    ("start of another size", lambda: lanczos(EYE, np.ones(2), 2), V, "start"),
    ("zero start", lambda: lanczos(EYE, np.zeros(3), 2), V, "start must not be zero"),
    ("NaN start", lambda: lanczos(EYE, [np.nan, 1, 1], 2), V, "start must be finite"),
    ("start as a column", lambda: lanczos(EYE, np.ones((3, 1)), 2), V, "start"),
    ("no steps", lambda: lanczos(EYE, np.ones(3), 0), V, "num_steps"),
    ("steps as float", lambda: lanczos(EYE, np.ones(3), 2.0), T, "num_steps"),
    ("density from a seed", lambda: spectral_density(EYE, 0), T, "rng"),
    ("no probes", lambda: spectral_density(EYE, RNG, num_probes=0), V, "num_probes"),
    ("no Lanczos steps", lambda: spectral_density(EYE, RNG, num_steps=0), V, "num_steps"),
    ("density of a callable", lambda: spectral_density(len, RNG), T, "operator"),
    ("moment -1", lambda: DENSITY.moments(-1), V, "highest"),
    ("width 0", lambda: DENSITY.density([1.0], relative_width=0.0), V, "relative_width"),
    ("grid of NaN", lambda: DENSITY.density([np.nan]), V, "grid"),
    ("grid of one point", lambda: DENSITY.grid(1), V, "num_points"),
    ("width of 0", lambda: spectral_density(0 * EYE, RNG).grid(), V, "nodes must not all be 0"),
    # estimators
    ("trace from a seed", lambda: hutchinson_trace(EYE, 0), T, "rng"),
    ("trace of a callable", lambda: hutchinson_trace(len, RNG), T, "operator"),
    ("one sample", lambda: hutchinson_trace(EYE, RNG, num_samples=1), V, "num_samples"),
    ("a billion samples", lambda: hutchinson_trace(EYE, RNG, num_samples=10**9), V, "at most 1000"),
    ("a billion signs", lambda: hutch_plus_plus(EYE, RNG, num_products=10**9), V, "num_products"),
    ("a billion probes", lambda: spectral_density(EYE, RNG, num_probes=10**9), V, "num_probes"),
    ("a billion gradients", lambda: wu(num_samples=10**9), V, "num_samples must be at most"),
    ("samples as float", lambda: squared_frobenius(EYE, RNG, num_samples=9.0), T, "num_samples"),
    ("uniform probes", lambda: hutchinson_trace(EYE, RNG, distribution="uniform"), V, "gaussian"),
    ("norm of a skew matrix", lambda: squared_frobenius(SKEW, RNG), V, "symmetric"),
    ("norm from a seed", lambda: squared_frobenius(EYE, 0), T, "rng"),
    ("five products", lambda: hutch_plus_plus(EYE, RNG, num_products=5), V, "num_products"),
    ("hutch++ from a seed", lambda: hutch_plus_plus(EYE, 1), T, "rng"),
    ("hutch++ of nothing", lambda: hutch_plus_plus(None, RNG), T, "operator"),
    ("wu from a seed", lambda: wu(rng=0), T, "rng"),
    ("wu, step 0", lambda: wu(step=0.0), V, "step must be positive"),
    ("wu, unknown form", lambda: wu(form="central"), V, "corrected, printed"),
    ("wu, one sample", lambda: wu(num_samples=1), V, "num_samples"),
    ("wu of None", lambda: wu(objective=None), T, "function must be callable"),
    ("wu, wrong net", lambda: wu(params=PARAMS[:2]), V, "params"),
    ("wu, no steps", lambda: wu_step_sweep(SQUARED, PARAMS, [], RNG), V, "steps must not be empty"),
    ("wu, a step of 0", lambda: wu_step_sweep(SQUARED, PARAMS, [1e-3, 0.0], RNG), V, "steps"),
    ("wu, one number", lambda: wu_step_sweep(SQUARED, PARAMS, 1e-3, RNG), V, "steps"),
]
