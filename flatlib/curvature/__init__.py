"""Gradients and matrices of curvature: closed forms for networks, autograd for anything else."""

from flatlib.curvature import autodiff, exact
from flatlib.curvature.certificate import Certificate, certify
from flatlib.curvature.clarke import ClarkeGradient, clarke_gradient
from flatlib.curvature.diagonal import hessian_diagonal
from flatlib.curvature.estimators import (
    hutch_plus_plus,
    hutchinson_trace,
    squared_frobenius,
    wu_frobenius,
    wu_step_sweep,
)
from flatlib.curvature.information import empirical_fisher, fisher
from flatlib.curvature.input_derivatives import input_jacobian
from flatlib.curvature.matrices import (
    gauss_newton,
    gradient,
    hessian,
    hessian_block,
    residual_part,
)
from flatlib.curvature.products import (
    CurvatureOperator,
    gauss_newton_operator,
    hessian_operator,
)
from flatlib.curvature.spectrum import (
    SpectralDensity,
    Tridiagonal,
    lanczos,
    spectral_density,
    top_eigenpairs,
    top_eigenvalues,
)

__all__ = [
    "Certificate",
    "ClarkeGradient",
    "CurvatureOperator",
    "SpectralDensity",
    "Tridiagonal",
    "autodiff",
    "certify",
    "clarke_gradient",
    "empirical_fisher",
    "exact",
    "fisher",
    "gauss_newton",
    "gauss_newton_operator",
    "gradient",
    "hessian",
    "hessian_block",
    "hessian_diagonal",
    "hessian_operator",
    "hutch_plus_plus",
    "hutchinson_trace",
    "input_jacobian",
    "lanczos",
    "residual_part",
    "spectral_density",
    "squared_frobenius",
    "top_eigenpairs",
    "top_eigenvalues",
    "wu_frobenius",
    "wu_step_sweep",
]
