"""Getting to a minimum."""

from flatlib.training.descent import descent

__all__ = ["descent"]
