"""The page *Errata*: what it draws."""

from flatbook.errata.figures import random_search

__all__ = ["random_search"]
