"""What everything that samples returns: a value, how sure it is, and what it cost."""

from dataclasses import KW_ONLY, dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Estimate:
    """An estimate with its standard error and its price.

    Page: ``book/exact_hessians``.

    Attributes:
        name: what is estimated.
        value: the estimate.
        standard_error: of the value, from the samples' own spread. With few samples it is rough,
            and it can be far too small where a rare sample carries most of what is measured.
        price: how many units of work it took.
        unit: of the price, such as ``"products"`` with a matrix, ``"gradients"`` or ``"points"``.
        samples: independent unbiased estimates whose mean the value is, shape (M,); None where it
            is no plain mean.
    """

    name: str
    value: float
    standard_error: float
    price: int
    unit: str
    _: KW_ONLY
    samples: np.ndarray | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.name} {self.value:.4g} ± {self.standard_error:.2g} ({self.price} {self.unit})"
        )
