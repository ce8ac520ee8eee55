"""An experiment: which nets, how to make one, and where the table of all of them is kept."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from flatlib._files import require_writable
from flatlib.data import Split
from flatlib.training import Table, read_table, sweep

COMMAND = "make sweeps"


@dataclass(frozen=True, eq=False)
class Experiment:
    """Settings times seeds of one function, with the results in a file beside that function.

    Page: ``book/optimizers``.

    Attributes:
        name: of the experiment and of its file.
        function: ``function(rng, **setting)`` returns what is kept of one net.
        settings: one dict for each kind of net.
        seeds: integers >= 0.
        tolerances: for each result, how far (absolutely) another processor may come out: training
            goes through thousands of roundings, and each differs in the last digit.
        data: what returns the images, whose digests go into the table; None if it says nothing.
    """

    name: str
    function: Callable[..., dict[str, Any]]
    settings: tuple[dict[str, Any], ...]
    seeds: tuple[int, ...]
    tolerances: dict[str, float]
    data: Callable[[], Split] | None = field(default=None, kw_only=True)

    @property
    def path(self) -> Path:
        """The file with the table."""
        return Path(inspect.getfile(self.function)).with_name(f"{self.name}.json")

    def table(self) -> Table:
        """The results as they were computed once, with their provenance.

        Raises:
            ValueError: if the file is damaged or was edited by hand.
            FileNotFoundError: if it is not there.
        """
        return read_table(self.path)

    def run(self, folder: str | Path, *, jobs: int = 2, progress: bool = True) -> Table:
        """Train all nets that the folder does not have yet, and replace the table.

        Args:
            folder: where finished nets are kept, in a folder of the experiment's name.
            jobs: nets at a time.
            progress: show a bar on stderr.

        Raises:
            PermissionError: before the first net, if the folder or that of the table cannot be
                written to.
        """
        kept = Path(folder) / self.name
        require_writable(self.path.parent, "the folder of the tables")
        options = {"jobs": jobs, "progress": progress}
        table = self._short(sweep(self.function, self.settings, self.seeds, kept, **options))
        data = None if self.data is None else self.data().digests()
        table.write(self.path, command=COMMAND, data=data)
        return table

    def check(self, table: Table, number: int) -> None:
        """Train net ``number`` again and compare each result with the table's.

        Raises:
            AssertionError: if one is further away than its tolerance, or has none.
        """
        again, kept = self._again(table, number), table[number]
        results = set(kept) - set(table.provenance["settings"]) - {"seed"}
        missing = results ^ set(self.tolerances)
        if missing:
            raise AssertionError(f"tolerances must name each result once, got a doubt on {missing}")
        for name, tolerance in self.tolerances.items():
            np.testing.assert_allclose(
                again[name], kept[name], rtol=0, atol=tolerance, err_msg=f"{name} of net {number}"
            )

    def checkable(self, table: Table) -> list[int]:
        """Which nets `check` can have again."""
        return list(range(len(table)))

    def _again(self, table: Table, number: int) -> dict[str, Any]:
        return table.recompute(self.function, number)

    def _short(self, table: Table) -> Table:
        return table


@dataclass(frozen=True, eq=False)
class KeptNets(Experiment):
    """Nets that take too long for a test to train: what it measures again is the nets themselves.

    Page: ``book/spectra_and_basins``.

    The function keeps the params of each net as ``theta``, beside what ``measure`` says of them.
    ``run`` trains them; ``check`` does not, it measures the kept params anew. So a test catches a
    number that is not of its net; that the net comes out of its training shows in ``make sweeps``.

    Attributes:
        measure: from ``theta``, shape (P,), to the results that are not ``theta``.
        offline: as many of these as images can say that travel with the book, where ``measure``
            must fetch some and cannot; None if there are no such images.
    """

    measure: Callable[[np.ndarray], dict[str, Any]]
    offline: Callable[[np.ndarray], dict[str, Any]] | None = field(default=None, kw_only=True)

    def _again(self, table: Table, number: int) -> dict[str, Any]:
        theta = table[number]["theta"]
        try:
            return {"theta": theta, **self.measure(theta)}
        except ConnectionError:
            if self.offline is None:
                raise
            return {**self._results(table[number]), **self.offline(theta)}

    def _results(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in self.tolerances}


@dataclass(frozen=True, eq=False)
class SomeKept(KeptNets):
    """Many nets of many params: the table keeps a few of them whole, the sweep's folder all.

    Page: ``book/volume_and_accuracy``.

    Of the other nets ``theta`` is empty, and no other result with that word in its name is in the
    table at all. ``check`` measures a net that is whole; what ``measure`` does not say of it, such
    as how long it was trained, is left to ``make sweeps``.

    Attributes:
        whole: settings of the nets that are kept with the first seed.
    """

    whole: tuple[dict[str, Any], ...]

    def checkable(self, table: Table) -> list[int]:
        """The nets that are whole."""
        return [number for number, row in enumerate(table) if len(row["theta"])]

    def _again(self, table: Table, number: int) -> dict[str, Any]:
        return {**self._results(table[number]), **super()._again(table, number)}

    def _short(self, table: Table) -> Table:
        return Table(tuple(map(self._shortened, table)), table.provenance)

    def _shortened(self, row: dict[str, Any]) -> dict[str, Any]:
        names = self.settings[0]
        is_whole = row["seed"] == self.seeds[0] and {k: row[k] for k in names} in self.whole
        kept = {name: value for name, value in row.items() if "theta" not in name}
        return {**kept, "theta": row["theta"] if is_whole else np.empty(0)}


class LongNets(Experiment):
    """Nets that take minutes to train and are too large to be kept: no test makes one of them.

    Page: ``book/own_networks``.

    What a test makes is a small one, by the same function. The table may lack nets that nobody has
    had the time for yet; its rows stand in the order of settings and seeds all the same.
    """

    def checkable(self, table: Table) -> list[int]:
        """None: `check` trains for minutes whatever it is told."""
        return []
