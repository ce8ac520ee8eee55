"""The page *Not Lipschitz*: what it draws, what it claims."""

from flatbook.not_lipschitz import claims_gradient, claims_loss
from flatbook.not_lipschitz.figures import closing_in

CLAIMS = (
    claims_gradient,
    claims_loss,
)

__all__ = ["CLAIMS", "closing_in"]
