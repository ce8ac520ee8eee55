"""Every claim of the two papers, as a function that checks it: for pages, tests and command."""

from collections.abc import Iterable

from flatlib._guards import require_choice, require_integer
from flatlib.claims import ledger
from flatlib.claims.beyond import counting, log_product, subspaces
from flatlib.claims.beyond import input_representation as representation_beyond
from flatlib.claims.beyond import not_lipschitz as lipschitz_beyond
from flatlib.claims.beyond import volume as volume_beyond
from flatlib.claims.check import Check
from flatlib.claims.dinh2017 import (
    batch_normalization,
    behaviour,
    discussion,
    drift,
    eigenvalue_count,
    eigenvalues,
    epsilon,
    floor,
    folds,
    hessian,
    homogeneity,
    input_representation,
    keskar,
    kinks,
    length_and_direction,
    not_lipschitz,
    notions,
    orbits,
    power_family,
    preconditioning,
    radial,
    ranking,
    rankings,
    reparametrization,
    sharpest,
    sharpness,
    volume,
    volume_errata,
    volume_remarks,
    weight_normalization,
    wlog,
)
from flatlib.claims.ledger import Entry, Ledger
from flatlib.claims.registry import PAPERS, VERDICTS, Claim, claim, collect
from flatlib.claims.wu2017 import (
    appendix,
    attacks,
    bounds,
    converse,
    convex,
    corollary,
    decomposition,
    estimator,
    fisher,
    fits,
    node_scaling,
    volume_accuracy,
)

__all__ = [
    "PAPERS",
    "VERDICTS",
    "Check",
    "Claim",
    "Entry",
    "Ledger",
    "check",
    "claim",
    "confirm",
    "register",
    "verify",
]

# in the order of the book
MODULES = (
    notions,
    sharpness,
    behaviour,
    homogeneity,
    orbits,
    kinks,
    decomposition,
    estimator,
    volume,
    volume_remarks,
    volume_errata,
    volume_beyond,
    hessian,
    sharpest,
    wlog,
    floor,
    ranking,
    eigenvalues,
    eigenvalue_count,
    counting,
    epsilon,
    keskar,
    subspaces,
    not_lipschitz,
    lipschitz_beyond,
    reparametrization,
    folds,
    power_family,
    radial,
    batch_normalization,
    weight_normalization,
    length_and_direction,
    preconditioning,
    input_representation,
    drift,
    rankings,
    representation_beyond,
    discussion,
    bounds,
    fits,
    fisher,
    corollary,
    appendix,
    node_scaling,
    converse,
    attacks,
    volume_accuracy,
    log_product,
    convex,
)


def register() -> dict[str, Claim]:
    """All claims by id, in the order of the papers."""
    return collect(MODULES)


def check(id: str, *, seed: int = 0) -> Check:
    """Check one claim of the register.

    Page: ``book/ledger``; every page confirms its own claims, see `confirm`.

    Args:
        id: as in the register, for instance ``"DINH-T3"``.
        seed: another one draws other networks.

    Returns:
        The `Check`, whether it holds or not.

    Raises:
        ValueError: if there is no such claim.

    Example:
        >>> check("DINH-T1").holds
        True
    """
    claims = register()
    found = claims[require_choice(id, "id", claims)]
    return found(found.rng(seed))


def confirm(id: str, *, seed: int = 0) -> Check:
    """Check one claim of the register, and raise if it does not come out.

    Args:
        id: as in the register, for instance ``"DINH-T3"``.
        seed: another one draws other networks.

    Returns:
        The `Check`, which shows itself as a card.

    Raises:
        AssertionError: if the check does not hold; the message is the check, part by part.
        ValueError: if there is no such claim.

    Example:
        >>> confirm("DINH-T1").holds
        True
    """
    outcome = check(id, seed=seed)
    if not outcome.holds:
        raise AssertionError(f"{id} does not come out:\n{outcome}")
    return outcome


def verify(
    ids: Iterable[str] | None = None, *, seed: int = 0, progress: bool = False, jobs: int = 1
) -> Ledger:
    """Check every claim, or those in ``ids``, and return the ledger.

    The command ``python -m flatlib verify`` prints it.

    Args:
        ids: claims of the register; None for all.
        seed: another one draws other networks.
        progress: show a bar on stderr.
        jobs: processes to use, -1 for one on each core. To start them takes a second or two.

    Raises:
        ValueError: if there is no such claim, or ``jobs`` is neither positive nor -1.
        TypeError: if ``jobs`` is no integer, or ``ids`` is a single string.

    Example:
        >>> verify(["DINH-T1", "DINH-L1"]).summary()
        '2 of 2 claims come out as their verdict says.'
    """
    if isinstance(ids, str):
        raise TypeError(f"ids must be a list of ids, got the string {ids!r}. Pass [{ids!r}].")
    if require_integer(jobs, "jobs", minimum=-1) == 0:
        raise ValueError("jobs must be positive or -1, got 0. Pass 1 to use one process.")
    claims = register()
    wanted = claims if ids is None else [require_choice(id, "ids", claims) for id in ids]
    return ledger.run({id: claims[id] for id in wanted}, seed=seed, progress=progress, jobs=jobs)
