"""How much memory a matrix may take, and how much the work on it."""

import sys

import numpy as np

#: Bytes for temporaries unless told otherwise.
BUDGET = 256 * 2**20
# Bytes below which asking for the free memory takes longer than the work.
ALWAYS_FITS = 2**24
# What a matrix may take in a page of a browser, which tells nobody what is free.
IN_A_BROWSER = 2**30


def allocate(num_params: int) -> np.ndarray:
    """Room for a (P, P) matrix, or a clear refusal before the machine starts to swap."""
    require_room(
        8 * num_params**2,
        f"params must be few enough for a dense matrix, got P = {num_params}",
        "Use flatlib.hessian_operator, which never forms it.",
    )
    return np.empty((num_params, num_params))


def require_room(needed: int, rule: str, remedy: str) -> None:
    """Refuse what takes more bytes than are free."""
    if needed <= ALWAYS_FITS:
        return
    free = _free_bytes()
    if needed > free:
        raise MemoryError(
            f"{rule}, which takes {needed / 2**30:.1f} GiB where {free / 2**30:.1f} GiB are free. "
            f"{remedy}"
        )


def _free_bytes() -> int:
    if sys.platform == "emscripten":
        return IN_A_BROWSER
    import psutil  # not at the top: only what is large asks

    return psutil.virtual_memory().available
