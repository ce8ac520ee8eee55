"""A reparametrization by any function, with or without one for the way back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flatlib._guards import require_callable
from flatlib.transforms.reparametrization import Reparametrization


@dataclass(frozen=True, eq=False)
class Substitution(Reparametrization):
    r"""Any map written with ``autograd.numpy``, with or without a map back.

    Page: ``book/reparametrization``.

    Args:
        forward: g, ``eta -> theta``; the structure of either is free.
        backward: ``theta -> eta`` with ``forward(backward(theta)) = theta``. Leave it out where
            there is none, as for a fold.

    Raises:
        TypeError: if either cannot be called; `inverse` without ``backward``.

    Example:
        >>> from flatlib import hessian
        >>> g = Substitution(lambda u: u**3 - 3 * u)
        >>> float(hessian(g.objective(lambda t: (t - 5.0) ** 2), -1.0)[0, 0])
        36.0
    """

    forward: Callable
    backward: Callable | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot be called."""
        require_callable(self.forward, "forward")
        if self.backward is not None:
            require_callable(self.backward, "backward")

    def __call__(self, eta: Any) -> Any:
        """``forward(eta)``."""
        return self.forward(eta)

    @property
    def inverse(self) -> Reparametrization:
        """``backward``, with ``forward`` as its way back."""
        if self.backward is None:
            raise TypeError(
                "inverse needs the map back, got none. Pass Substitution(g, backward=…)."
            )
        if isinstance(self.backward, Reparametrization):
            return self.backward
        return Substitution(self.backward, backward=self.forward)
