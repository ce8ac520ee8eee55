"""The page *A bent function cannot be made flat*: what it draws, what it claims."""

from flatbook.bent_function import claims_bend, claims_least
from flatbook.bent_function.figures import floors_under
from flatbook.bent_function.floors import bend_floor, side_floor, side_weight, units
from flatbook.bent_function.least import Least, certified, least_curvature, least_trace

CLAIMS = (claims_bend, claims_least)

__all__ = [
    "CLAIMS",
    "Least",
    "bend_floor",
    "certified",
    "floors_under",
    "least_curvature",
    "least_trace",
    "side_floor",
    "side_weight",
    "units",
]
