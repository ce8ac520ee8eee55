"""Refuse what is no interpolating minimum of a network with one output."""

from typing import Any

import numpy as np

from flatlib._guards import require_integer
from flatlib.losses import SquaredLoss
from flatlib.networks import ParamsLike, require_closed_form
from flatlib.objective import Objective, require_no_l2

_FITTED = 1e-6  # root of the mean loss beside that of the targets: the error in the threshold
_WHY = "the threshold is that of a minimum that fits every example"


def require_fitted(objective: Any, params: ParamsLike) -> SquaredLoss:
    """The loss of an objective of which ``params`` are an interpolating minimum."""
    objective = require_no_l2(objective, why=_WHY)
    if not isinstance(objective.loss, SquaredLoss):
        raise ValueError(
            f"objective must have the squared loss ({_WHY}), got {objective.loss!r}. "
            'Build it with flatlib.Objective(net, "squared", inputs, targets).'
        )
    outputs = require_closed_form(objective.network).predict(params, objective.inputs)
    if outputs.shape[1] != 1:
        raise ValueError(
            f"network must have one output, got {outputs.shape[1]}. Build one with layer sizes "
            "that end in 1."
        )
    gap = np.sqrt(np.mean((outputs - objective.targets) ** 2))
    scale = np.sqrt(np.mean(objective.targets**2))
    if gap > _FITTED * max(scale, 1e-300) and gap > 1e-12:
        raise ValueError(
            f"params must fit every example ({_WHY}), got a residual of {gap:.1e} beside targets "
            f"of {scale:.1e}. Train on, or pass flatlib.training.polish(objective, params).params."
        )
    return objective.loss


def require_batch(objective: Objective, batch_size: int | None) -> int:
    count = objective.num_examples
    size = count if batch_size is None else require_integer(batch_size, "batch_size", minimum=1)
    if size > count:
        raise ValueError(
            f"batch_size must be at most the {count} examples, got {size}. Pass None for all."
        )
    return size
