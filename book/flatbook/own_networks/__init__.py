"""The page *The papers' own networks*: what it draws, claims, and has trained."""

from flatbook.own_networks import claims, experiment_resnet32_cifar10
from flatbook.own_networks.figures import paper_networks
from flatbook.own_networks.figures_norms import block_shares, norms_and_accuracy

CLAIMS = (claims,)
EXPERIMENTS = (experiment_resnet32_cifar10,)

__all__ = ["CLAIMS", "EXPERIMENTS", "block_shares", "norms_and_accuracy", "paper_networks"]
