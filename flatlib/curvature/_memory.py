"""How much memory a matrix may take, and how much the work on it."""

import numpy as np

#: Bytes for temporaries unless told otherwise.
BUDGET = 256 * 2**20
#: Bytes for a matrix unless a larger budget asks for it.
LARGE = 2**30
# Bytes below which asking for the free memory takes longer than the work.
ALWAYS_FITS = 2**24


def allocate(num_params: int, budget: int = BUDGET) -> np.ndarray:
    """Room for a (P, P) matrix, or a clear refusal before the machine starts to swap."""
    require_dense(num_params, budget)
    return np.empty((num_params, num_params))


def require_dense(num_params: int, budget: int = BUDGET) -> None:
    """Refuse a (P, P) matrix that is not free, or above 1 GiB that nobody has asked for."""
    size, rule = 8 * num_params**2, "params must be few enough for a dense matrix, got P ="
    remedy = "Use flatlib.hessian_operator, which never forms it."
    if size > max(LARGE, budget):
        raise MemoryError(
            f"{rule} {num_params}, which takes {size / 2**30:.1f} GiB where 1 GiB may be taken "
            f"unasked. {remedy} To have the matrix, pass flatlib.hessian a budget of {size} bytes."
        )
    require_room(size, f"{rule} {num_params}", remedy)


def require_room(needed: int, rule: str, remedy: str) -> None:
    """Refuse what takes more bytes than are free."""
    if needed <= ALWAYS_FITS:
        return
    import psutil  # not at the top: only what is large asks

    free = psutil.virtual_memory().available
    if needed > free:
        raise MemoryError(
            f"{rule}, which takes {needed / 2**30:.1f} GiB where {free / 2**30:.1f} GiB are free. "
            f"{remedy}"
        )
