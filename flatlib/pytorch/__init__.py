"""The bridge to PyTorch, the only room that imports it: ``pip install ".[torch]"`` in a clone.

``import flatlib`` does not import this; ``from flatlib import pytorch`` does, and the first use of
``flatlib.pytorch``.
"""

try:
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "flatlib.pytorch must find PyTorch, got none. "
        'Install the extra: pip install ".[torch]" in a clone.',
        name="torch",
    ) from error

from flatlib.pytorch import examples, published
from flatlib.pytorch._blocks import Block, BlockReport, block_report
from flatlib.pytorch._operator import ModuleOperator
from flatlib.pytorch._report import Report, report
from flatlib.pytorch.central import difference_operator
from flatlib.pytorch.convert import parameter_order, to_flatlib, to_objective
from flatlib.pytorch.descents import Descent, down_to
from flatlib.pytorch.losses import SquaredLoss
from flatlib.pytorch.measures import fisher_rao, parameters_of, path_norm, relative_operator
from flatlib.pytorch.modules import to_module
from flatlib.pytorch.operators import dense_hessian, gauss_newton_operator, hessian_operator
from flatlib.pytorch.scaling import multipliers, rescaled
from flatlib.pytorch.streams import Stream, random_scales, streams

__all__ = [
    "Block",
    "BlockReport",
    "Descent",
    "ModuleOperator",
    "Report",
    "SquaredLoss",
    "Stream",
    "block_report",
    "dense_hessian",
    "difference_operator",
    "down_to",
    "examples",
    "fisher_rao",
    "gauss_newton_operator",
    "hessian_operator",
    "multipliers",
    "parameter_order",
    "parameters_of",
    "path_norm",
    "published",
    "random_scales",
    "relative_operator",
    "report",
    "rescaled",
    "streams",
    "to_flatlib",
    "to_module",
    "to_objective",
]
