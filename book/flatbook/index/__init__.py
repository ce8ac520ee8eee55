"""The page *Sharp Minima, Flat Minima*: what it draws."""

from flatbook.index.figures import valley

__all__ = ["valley"]
