"""The page *An exponent that no scaling moves*: what it draws, what it claims, what it sampled."""

from flatbook.exponent import (
    claims_estimate,
    claims_exponent,
    experiment_estimates,
    experiment_volumes,
)
from flatbook.exponent.claims_estimate import as_trained, chosen, drawn
from flatbook.exponent.claims_exponent import measured
from flatbook.exponent.experiment_estimates import small_net
from flatbook.exponent.figures import parallel, two_orbits
from flatbook.exponent.known import of_fitting, product_mass, two_linear_layers
from flatbook.exponent.samplers import Tempered, exact, langevin
from flatbook.exponent.spectra import Fitted, digits_net
from flatbook.exponent.splitting import exponent_of, halved_levels

CLAIMS = (claims_exponent, claims_estimate)
EXPERIMENTS = (experiment_estimates, experiment_volumes)

__all__ = [
    "CLAIMS",
    "EXPERIMENTS",
    "Fitted",
    "Tempered",
    "as_trained",
    "chosen",
    "digits_net",
    "drawn",
    "exact",
    "exponent_of",
    "halved_levels",
    "langevin",
    "measured",
    "of_fitting",
    "parallel",
    "product_mass",
    "small_net",
    "two_linear_layers",
    "two_orbits",
]
