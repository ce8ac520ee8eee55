r"""What all transforms have in common: they are called, undone and differentiated in one way."""

from abc import ABC, abstractmethod
from typing import Any


class Transform(ABC):
    r"""A map T of params, of parameters eta, or of inputs.

    ``T(point)`` maps a point, ``T.inverse`` is the transform that undoes it, and
    ``T.jacobian(point)`` is the derivative of T at that point. `Symmetry`, `Reparametrization`,
    `Representation` and `Coordinates` are its kinds.

    Page: ``book/reparametrization``.
    """

    @abstractmethod
    def __call__(self, point: Any) -> Any:
        """Where T maps the point; the point itself is not touched."""

    @property
    @abstractmethod
    def inverse(self) -> "Transform":
        """The transform that undoes T: ``T.inverse(T(point))`` is the point.

        Of a T that is not one to one it is a way back, with ``T(T.inverse(image)) = image``.

        Raises:
            TypeError: if there is none.
        """

    @abstractmethod
    def jacobian(self, point: Any) -> Any:
        r""":math:`\partial T/\partial\text{point}`: a row for each number that comes out, a column
        for each that goes in.
        """
