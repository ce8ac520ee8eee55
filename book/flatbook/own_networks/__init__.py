"""The page *The papers' own networks*: what it draws, what it claims."""

from flatbook.own_networks import claims
from flatbook.own_networks.figures import paper_networks

CLAIMS = (claims,)

__all__ = ["CLAIMS", "paper_networks"]
