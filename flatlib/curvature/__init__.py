"""Gradients and matrices of curvature: closed forms for networks, autograd for anything else."""

from flatlib.curvature import autodiff, exact
from flatlib.curvature.certificate import Certificate, certify
from flatlib.curvature.clarke import ClarkeGradient, clarke_gradient
from flatlib.curvature.information import empirical_fisher, fisher
from flatlib.curvature.matrices import (
    gauss_newton,
    gradient,
    hessian,
    hessian_block,
    residual_part,
)

__all__ = [
    "Certificate",
    "ClarkeGradient",
    "autodiff",
    "certify",
    "clarke_gradient",
    "empirical_fisher",
    "exact",
    "fisher",
    "gauss_newton",
    "gradient",
    "hessian",
    "hessian_block",
    "residual_part",
]
