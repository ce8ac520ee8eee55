"""The page *The flattest network knows nothing*: what it draws, what it claims."""

from flatbook.flattest_of_all import (
    claims_any_width,
    claims_ball,
    claims_memorizer,
    claims_single,
    claims_symmetric,
)
from flatbook.flattest_of_all.circles import certified, circle, least_trace
from flatbook.flattest_of_all.figures import needles, traces_on_circles
from flatbook.flattest_of_all.planes import singled_out, wendel
from flatbook.flattest_of_all.scenes import Digits, curvatures, digits_150, good_xor, xor_cube

CLAIMS = (
    claims_memorizer,
    claims_any_width,
    claims_ball,
    claims_symmetric,
    claims_single,
)

__all__ = [
    "CLAIMS",
    "Digits",
    "certified",
    "circle",
    "curvatures",
    "digits_150",
    "good_xor",
    "least_trace",
    "needles",
    "singled_out",
    "traces_on_circles",
    "wendel",
    "xor_cube",
]
