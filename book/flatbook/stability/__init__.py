"""The page *What training can stay at*: what it draws, what it claims."""

from flatbook.stability import claims_batches, claims_methods, claims_window
from flatbook.stability.figures import windows
from flatbook.stability.scenes import run, teacher, two_weights

CLAIMS = (claims_window, claims_batches, claims_methods)

__all__ = ["CLAIMS", "run", "teacher", "two_weights", "windows"]
