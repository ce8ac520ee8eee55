"""What is measured of a net that has been trained beside an attack set."""

from typing import Any

import numpy as np

from flatlib.curvature import hessian, hessian_operator, top_eigenvalues, wu_frobenius
from flatlib.curvature._kinks import kink_margin
from flatlib.measures import log_of_product
from flatlib.networks import Params
from flatlib.objective import Objective
from flatlib.training import Attacked

K = 50  # eigenvalues in the product of equation (13), as in the paper's Figure 3
# On three processors (OpenBLAS kernels Prescott, Haswell, SkylakeX) the training losses agreed to
# 4e-14, logarithmic products to 4e-11 and estimates to 3e-9. No two nets of one setting are alike:
# in the product, the norm or the loss they differ by 40,000 times what is tolerated or more.
TOLERANCES = {
    "train_loss": 1e-9,
    "attack_loss": 1e-9,
    "accuracy": 1e-9,
    "epochs": 0,
    "log_product": 1e-6,
    "frobenius": 1e-6,
    "estimate": 1e-5,
    "kink_margin": 1e-9,
}


def log_product(objective: Objective, params: Params) -> float:
    """V(50) of equation (13) in natural logarithms; -inf if an eigenvalue is not positive."""
    return log_of_product(top_eigenvalues(hessian_operator(objective, params), K))


def flatness(objective: Objective, attacked: Attacked, rng: np.random.Generator) -> dict[str, Any]:
    """The quantities of Figure 3 and what they must be read with, at the clean training loss.

    ``estimate`` is the square root of equation (14), corrected by its factor 2, with the paper's
    100 directions and step 1e-5. ``log_product`` is natural.
    """
    params = attacked.params
    return {
        "train_loss": attacked.train_loss,
        "attack_loss": attacked.attack_loss,
        "accuracy": attacked.test_accuracy,
        "epochs": len(attacked.losses) - 1,
        "log_product": log_product(objective, params),
        "frobenius": float(np.linalg.norm(hessian(objective, params))),
        "estimate": float(np.sqrt(wu_frobenius(objective, params, rng).value)),
        "kink_margin": kink_margin(objective, params),
    }
