"""The page *Does volume predict accuracy?*: what it draws, what it claims, what it trained."""

from flatbook.volume_and_accuracy import (
    claims_accuracy,
    claims_log_product,
    claims_more_labels,
    claims_right_labels,
    experiment_attacked_alike,
    experiment_figure3_mnist,
    experiment_ranking,
    experiment_volume_signals,
)
from flatbook.volume_and_accuracy.figures import beside_and_adversary, volume_cloud, volume_panels
from flatbook.volume_and_accuracy.figures_mnist import volume_mnist
from flatbook.volume_and_accuracy.figures_more_labels import floor

CLAIMS = (
    claims_accuracy,
    claims_more_labels,
    claims_right_labels,
    claims_log_product,
)
EXPERIMENTS = (
    experiment_attacked_alike,
    experiment_figure3_mnist,
    experiment_ranking,
    experiment_volume_signals,
)

__all__ = [
    "CLAIMS",
    "EXPERIMENTS",
    "beside_and_adversary",
    "floor",
    "volume_cloud",
    "volume_mnist",
    "volume_panels",
]
