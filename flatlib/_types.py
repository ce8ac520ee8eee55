"""The type of what is made into an array.

mypy is told NumPy's own, a union of a dozen types. At run time it is anything: the pages on the
library would print the union whole, at every argument.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike as ArrayLike
else:
    ArrayLike = Any
