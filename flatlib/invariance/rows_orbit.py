"""Rows: the least that scaling can make of a measure, which Lemma C keeps for its own group."""

from collections.abc import Callable
from typing import Any

from flatlib.invariance.laws import COORDINATES, laws
from flatlib.invariance.measure import Measure
from flatlib.invariance.rows_curvature import TOP
from flatlib.measures import flattest


def _least(measure: str, group: str, **options: Any) -> Callable[[Any, Any], float]:
    return lambda objective, params: (
        flattest(objective, params, measure=measure, group=group, **options).value
    )


_LAYERS = laws(
    stays="layers, permute, logits, rotate",
    moves="neurons, units, affine, deepen",
    undefined=COORDINATES,
)
_NEURONS = laws(
    stays="layers, neurons, permute, logits, rotate",
    moves="units, affine, deepen",
    undefined=COORDINATES,
)

# A split unit leaves the least trace over units alone: each part contributes its share of
# 2 sqrt(t tau), since t is quadratic in the share of the outgoing weights and tau does not know it.
ORBIT = (
    Measure("least trace over layers", _least("trace", "layers"), _LAYERS),
    Measure("least trace over units", _least("trace", "neurons"), _NEURONS | laws(stays="split")),
    Measure("least Frobenius norm over units", _least("frobenius", "neurons"), _NEURONS),
    Measure(
        "least log-product of the top 5 over units",
        _least("log_product", "neurons", k=TOP),
        _NEURONS,
        logarithmic=True,
    ),
)
