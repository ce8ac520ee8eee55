"""flatbook: what the pages of *Sharp Minima, Flat Minima* call; its rooms are named like them.

A room holds what only its page needs: scenes that are set up, claims that are checked, figures, and
experiments beside their tables. The library under it is flatlib, which knows nothing of the book.
"""

from flatbook.rooms import confirm, experiments, outcome, register, table, verify

__all__ = ["confirm", "experiments", "outcome", "register", "table", "verify"]
