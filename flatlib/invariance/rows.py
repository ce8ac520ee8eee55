"""The rows of the matrix that are known, each with what theory says about it."""

from flatlib.invariance.measure import Measure
from flatlib.invariance.rows_curvature import CURVATURE
from flatlib.invariance.rows_fisher import FISHER
from flatlib.invariance.rows_layers import LAYERS
from flatlib.invariance.rows_orbit import ORBIT
from flatlib.invariance.rows_scaled import SCALED

#: By name, in the order of the table.
MEASURES: dict[str, Measure] = {
    row.name: row for row in (*CURVATURE, *FISHER, *SCALED, *LAYERS, *ORBIT)
}
