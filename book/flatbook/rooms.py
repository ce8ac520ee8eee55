"""The rooms of the book, one a page: their claims, which are checked here, and their tables."""

from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from types import ModuleType

from flatbook import ledger
from flatbook.check import Check
from flatbook.claim import PAPERS, Claim, collect
from flatbook.experiment import Experiment
from flatbook.ledger import Ledger
from flatlib._guards import require_choice, require_integer
from flatlib.training import Table

# In reading order: a room may use those before it.
ROOMS = (
    "index",
    "three_notions",
    "symmetries",
    "exact_hessians",
    "volume",
    "hessian_transform",
    "sharpest_direction",
    "many_eigenvalues",
    "epsilon_sharpness",
    "sharpness_in_subspaces",
    "not_lipschitz",
    "reparametrization",
    "weight_normalization",
    "input_representation",
    "low_complexity",
    "optimizers",
    "fisher_bound",
    "attack_sets",
    "spectra_and_basins",
    "volume_and_accuracy",
    "convex_models",
    "own_networks",
    "what_survives",
    "flattest_representative",
    "reconciliation",
    "errata",
    "your_own_network",
    "projects",
    "volume_is_accuracy",
    "what_training_adds",
    "product_over_orbit",
    "exponent",
    "flattest_of_all",
    "bent_function",
    "low_rank",
    "stability",
)


def _modules(kind: str) -> list[ModuleType]:
    """The modules that the rooms list as their ``CLAIMS`` or ``EXPERIMENTS``, in reading order."""
    rooms = [import_module(f"flatbook.{name}") for name in ROOMS]
    return [module for room in rooms for module in getattr(room, kind, ())]


def experiments() -> dict[str, Experiment]:
    """All stored experiments by name, in the order of the pages.

    Page: ``book/optimizers``.
    """
    values = [value for module in _modules("EXPERIMENTS") for value in vars(module).values()]
    return {value.name: value for value in values if isinstance(value, Experiment)}


def table(name: str) -> Table:
    """The stored results of one experiment, with their provenance.

    Page: ``book/optimizers``.

    Args:
        name: of the experiment, for instance ``"ranking"``.

    Raises:
        ValueError: if there is no such experiment.

    Example:
        >>> len(table("ranking"))
        96
    """
    known = experiments()
    return known[require_choice(name, "name", known)].table()


def register() -> dict[str, Claim]:
    """All claims by id, in the order of the papers.

    Page: ``book/ledger``.
    """
    found = collect(_modules("CLAIMS")).values()
    return {claim.id: claim for paper in PAPERS for claim in found if claim.paper == paper}


def outcome(id: str, *, seed: int = 0) -> Check:
    """Check one claim of the register.

    Page: ``book/ledger``; every page confirms its own claims, see `confirm`.

    Args:
        id: as in the register, for instance ``"DINH-T3"``.
        seed: at least 0; another one draws other networks.

    Returns:
        The `~flatbook.check.Check`, whether it holds or not.

    Raises:
        ValueError: if there is no such claim, or the seed is negative.
        TypeError: if the seed is no integer.

    Example:
        >>> outcome("DINH-T1").holds
        True
    """
    claims = register()
    found = claims[require_choice(id, "id", claims)]
    check = found(found.rng(require_integer(seed, "seed", minimum=0)))
    return replace(check, claim=found)


def confirm(id: str, *, seed: int = 0) -> Check:
    """Check one claim of the register, and raise if it does not come out.

    Page: ``book/ledger``.

    Args:
        id: as in the register, for instance ``"DINH-T3"``.
        seed: another one draws other networks.

    Returns:
        The `~flatbook.check.Check`, which shows itself as a card.

    Raises:
        AssertionError: if the check does not hold; the message is the check, part by part.
        ValueError, TypeError: as `outcome` does.

    Example:
        >>> confirm("DINH-T1").holds
        True
    """
    found = outcome(id, seed=seed)
    if not found.holds:
        raise AssertionError(f"{id} does not come out:\n{found}")
    return found


def verify(
    ids: Iterable[str] | None = None, *, seed: int = 0, progress: bool = False, jobs: int = 1
) -> Ledger:
    """Check every claim, or those in ``ids``, and return the ledger.

    Page: ``book/ledger``.

    The command ``python -m flatbook verify`` prints it.

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
