"""Every claim of the two papers, as a function that checks it: for pages, tests and command."""

from collections.abc import Iterable

from flatlib._guards import require_choice, require_integer
from flatlib.claims import beyond, dinh2017, ledger, wu2017
from flatlib.claims.check import Check
from flatlib.claims.ledger import Entry, Ledger
from flatlib.claims.registry import PAPERS, VERDICTS, Claim, claim, collect

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


def register() -> dict[str, Claim]:
    """All claims by id, in the order of the papers.

    Page: ``book/ledger``.
    """
    return collect((*dinh2017.MODULES, *wu2017.MODULES, *beyond.MODULES))


def check(id: str, *, seed: int = 0) -> Check:
    """Check one claim of the register.

    Page: ``book/ledger``; every page confirms its own claims, see `confirm`.

    Args:
        id: as in the register, for instance ``"DINH-T3"``.
        seed: at least 0; another one draws other networks.

    Returns:
        The `Check`, whether it holds or not.

    Raises:
        ValueError: if there is no such claim, or the seed is negative.
        TypeError: if the seed is no integer.

    Example:
        >>> check("DINH-T1").holds
        True
    """
    claims = register()
    found = claims[require_choice(id, "id", claims)]
    return found(found.rng(require_integer(seed, "seed", minimum=0)))


def confirm(id: str, *, seed: int = 0) -> Check:
    """Check one claim of the register, and raise if it does not come out.

    Page: ``book/ledger``.

    Args:
        id: as in the register, for instance ``"DINH-T3"``.
        seed: another one draws other networks.

    Returns:
        The `Check`, which shows itself as a card.

    Raises:
        AssertionError: if the check does not hold; the message is the check, part by part.
        ValueError, TypeError: as `check` does.

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

    Page: ``book/ledger``.

    The command ``python -m flatlib verify`` prints it.

    Args:
        ids: claims of the register, at least one; None for all.
        seed: at least 0; another one draws other networks.
        progress: show a bar on stderr.
        jobs: processes to use, -1 for one on each core. To start them takes a second or two.

    Raises:
        ValueError: if there is no such claim, none is asked for, the seed is negative, or ``jobs``
            is neither positive nor -1.
        TypeError: if ``seed`` or ``jobs`` is no integer, or ``ids`` is a single string.

    Example:
        >>> verify(["DINH-T1", "DINH-L1"]).summary()
        '2 of 2 claims come out as their verdict says.'
    """
    if isinstance(ids, str):
        raise TypeError(f"ids must be a list of ids, got the string {ids!r}. Pass [{ids!r}].")
    if require_integer(jobs, "jobs", minimum=-1) == 0:
        raise ValueError("jobs must be positive or -1, got 0. Pass 1 to use one process.")
    require_integer(seed, "seed", minimum=0)
    claims = register()
    wanted = list(claims) if ids is None else [require_choice(id, "ids", claims) for id in ids]
    if not wanted:  # of nothing, everything would hold
        raise ValueError("ids must name at least one claim, got none. Pass None for all of them.")
    return ledger.run({id: claims[id] for id in wanted}, seed=seed, progress=progress, jobs=jobs)
