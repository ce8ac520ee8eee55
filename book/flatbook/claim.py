"""A claim: a sentence of a paper, where it stands, and the function that checks it."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType

import numpy as np

from flatbook.check import Check
from flatlib._guards import require_choice

# Each verdict with its kind: one word, for the badges of cards and boxes and for filters.
VERDICTS = {
    "holds": "holds",
    "holds, with a condition the paper leaves out": "condition",
    "false as printed": "false",
    "illustrated": "illustrated",
    "not reproduced here": "missing",
}
# kinds of verdict on a sentence of a paper, which must be quoted
NEED_WORDS = {"condition", "false"}
PAPERS = {
    "dinh2017": "Dinh, Pascanu, Bengio & Bengio 2017",
    "wu2017": "Wu, Zhu & E 2017",
    "beyond": "beyond both papers",
}
ADDRESSES = {
    "dinh2017": "https://arxiv.org/abs/1703.04933",
    "wu2017": "https://arxiv.org/abs/1706.10239",
}


@dataclass(frozen=True)
class Claim:
    """One entry of the ledger; call it with a Generator to get its `Check`.

    Page: ``book/ledger``.

    Attributes:
        id: as in the register, for instance ``"DINH-T3"``.
        paper: a key of ``PAPERS``.
        place: where in the paper.
        verdict: a key of ``VERDICTS``. Where it is "false as printed" the check holds when the
            counterexample and the corrected form both come out.
        page: the page of the book that shows it, without ``book/``.
        function: what checks it, ``rng -> Check``; its docstring is the claim in words.
        quote: the paper's words that the verdict rests on, formulas in Unicode, "..." for what is
            left out between them.
        tables: the stored experiments that the check reads, by name: another seed resamples their
            nets and draws no others.
    """

    id: str
    paper: str
    place: str
    verdict: str
    page: str
    function: Callable[[np.random.Generator], Check] = field(repr=False)
    quote: str = ""
    tables: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """The claim in one sentence."""
        return " ".join(self.function.__doc__.split("\n\n")[0].split())

    @property
    def kind(self) -> str:
        """Of its verdict, in one word."""
        return VERDICTS[self.verdict]

    @property
    def corrects(self) -> bool:
        """Whether it is a remark (S1, S2, ...) that says what should be printed instead."""
        return self.id[1:2].isdigit() and self.kind in NEED_WORDS

    def __call__(self, rng: np.random.Generator) -> Check:
        """Check the claim with this source of randomness."""
        return self.function(rng)

    def __reduce__(self):
        """To another process a claim travels as its name: the function there bears it no more."""
        return _import, (self.function.__module__, self.function.__name__)

    def rng(self, seed: int = 0) -> np.random.Generator:
        """The claim's own Generator, so that no check depends on which others ran."""
        return np.random.default_rng([seed, zlib.crc32(self.id.encode())])


def _import(module: str, name: str) -> Claim:
    return getattr(import_module(module), name)


def claim(
    id: str,
    *,
    paper: str,
    place: str,
    verdict: str,
    page: str,
    quote: str = "",
    tables: tuple[str, ...] = (),
) -> Callable:
    """Decorate a function ``rng -> Check`` into a `Claim`.

    Page: ``book/ledger``.

    Raises:
        ValueError: for an unknown paper or verdict, a function without a docstring, or a verdict
            that a sentence of one of the two papers is false or lacks a condition, without a quote.
    """
    require_choice(paper, "paper", PAPERS)
    require_choice(verdict, "verdict", VERDICTS)
    if paper in ADDRESSES:
        _require_words(quote, verdict, id)

    def decorate(function):
        if not function.__doc__:
            raise ValueError(
                f"function must state claim {id} in its docstring, got none. Write it."
            )
        return Claim(id, paper, place, verdict, page, function, quote, tables)

    return decorate


def _require_words(quote: str, verdict: str, id: str) -> None:
    """Whoever says that a sentence of a paper is false, or lacks something, quotes it."""
    if VERDICTS[verdict] in NEED_WORDS and not quote:
        raise ValueError(
            f"quote must hold the words that {verdict!r} rests on for {id}, got none. "
            "Copy the line of the paper."
        )


def collect(modules: Iterable[ModuleType]) -> dict[str, Claim]:
    """All claims defined in ``modules``, by id, in the order in which they are written.

    Raises:
        ValueError: if two claims have one id.
    """
    claims: dict[str, Claim] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Claim) and claims.setdefault(value.id, value) is not value:
                raise ValueError(f"id must be given once, got {value.id} twice. Rename one claim.")
    return claims
