"""Many nets: settings times seeds, on all processors, and nothing finished is ever lost."""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from flatlib._files import remove_leftovers, require_writable
from flatlib._guards import require_integer, require_path
from flatlib.training._begun import Begun
from flatlib.training._code import code_of, lies_in_a_file
from flatlib.training._nets import Net, require_nets
from flatlib.training._results import as_row
from flatlib.training._store import Record, Store
from flatlib.training._workers import make_all, require_backend
from flatlib.training.table import Table

if TYPE_CHECKING:
    from tqdm import tqdm


def sweep(
    function: Callable[..., dict[str, Any]],
    settings: Iterable[dict[str, Any]],
    seeds: Iterable[int],
    folder: str | Path,
    *,
    jobs: int = 2,
    progress: bool = True,
) -> Table:
    """Call ``function(rng, **setting)`` for each setting with each seed, and keep what it returns.

    The same seed gives every setting the same generator, so that settings are compared on the same
    draws; nets are made seed by seed, so that a sweep cut short has compared all settings alike.
    Each finished net is a file of its own in the folder, written whole or not at all. Calling again
    with the same folder computes only what is missing, whatever has stopped the sweep: a key, an
    error, ``kill -9``, the power. A damaged file is named in a warning and its net computed again.
    BLAS has one thread for each net.

    With each net is kept a digest of the code that made it: of its module the statements that the
    function uses, directly or through others, and all of each module that these import, in turn,
    installed packages and the standard library left out, flatlib not. Nets of other code are made
    again, and a warning says how many. Comments, docstrings and layout do not count. What is not
    seen: files that the function reads, modules imported by a computed name, and, of a function
    typed in at a prompt or in a notebook, its helpers there; a warning says so when nets of such a
    function are used again. The files are read when the sweep begins: restart Python after an edit.

    Where the nets are trained is joblib's affair: in ``jobs`` local processes, unless a
    ``with joblib.parallel_config(backend="dask")`` around the call (a client of
    ``dask.distributed`` open) or another backend says otherwise. The workers of a cluster must
    see the same folder. Sweeps of one machine may share it: each net is made by one of them. A
    worker that dies, for want of memory or by a crash, is an error that names what it was making;
    the next call says so and makes that last, and alone. Page: ``book/volume_and_accuracy``.

    Args:
        function: at the top of a module, so that its name says which it is. It gets a
            ``numpy.random.Generator`` and the setting, and returns a dict of numbers, text,
            arrays, and params. A descent in it that does not come to its end is an error.
        settings: dicts of numbers, text, None and tuples; lists arrive as tuples.
            ``sklearn.model_selection.ParameterGrid`` makes them from a grid.
        seeds: integers >= 0, for instance ``range(6)``.
        folder: where the files are kept.
        jobs: nets at a time.
        progress: show a bar on stderr.

    Returns:
        A `Table`: a row for each net, the settings in the order given and, within each, the seeds.

    Raises:
        ValueError: if a net is asked for twice, a number is not finite, or the function has no name
            of its own; if a result is named as a setting is; for joblib's multiprocessing backend,
            which waits for ever for a worker that has died.
        TypeError: if a setting or a result cannot be kept in a file.
        PermissionError: before the first net, if the folder cannot be written to.
        FileNotFoundError: if a worker has written where this process cannot see it.

    What the function itself raises comes through, with the net named; the other finished nets stay.

    Example:
        >>> import tempfile
        >>> def draw(rng, size):
        ...     return {"largest": rng.normal(size=size).max()}
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sweep(draw, [{"size": 3}], range(2), folder, jobs=1, progress=False)
        Table(2 nets: size, seed, largest)
    """
    nets, code = require_nets(function, settings, seeds), code_of(function)
    store = Store(folder := require_path(folder, "folder"))
    begun = Begun(folder, token_hex(8))
    require_integer(jobs, "jobs", minimum=1)
    require_backend()
    remove_leftovers(store.folder)
    records = _records_of(code, function, nets, store)
    begun.tidy(net for net in nets if net.key in records)
    missing = sorted((n for n in nets if n.key not in records), key=lambda net: net.seed)
    if missing:
        require_writable(folder, "folder")
        _bury(begun, missing)
    with _bar(len(nets), len(records), progress) as bar:
        make_all(function, missing, store, begun, code, jobs, bar)
    records |= {net.key: _require_record(store, net) for net in missing}
    return _table(nets, [records[net.key] for net in nets], code)


def _records_of(code: str, function: Callable, nets: list[Net], store: Store) -> dict[str, Record]:
    """What this code has made already, by the keys of the nets."""
    found = {net.key: record for net in nets if (record := store.read(net)) is not None}
    records = {k: r for k, r in found.items() if r.provenance.get("code") == code}
    _say_what_is_used(function, store, len(found) - len(records), len(records))
    return records


def _bar(total: int, done: int, progress: bool) -> "tqdm":
    from tqdm import tqdm  # not at the top: only a bar needs it

    return tqdm(total=total, initial=done, unit="net", disable=not progress)


def _bury(begun: Begun, nets: list[Net]) -> None:
    """Count the deaths of those who were making them, and say which nets were fatal."""
    begun.bury(nets)
    fatal = [f"{net} (deaths: {begun.deaths(net)})" for net in nets if begun.deaths(net)]
    if fatal:
        warnings.warn(
            f"a process died while it made {' or '.join(fatal)}. Making that last, and alone. If "
            "it dies again: the memory may be too small, or the function crashes.",
            stacklevel=3,
        )


def _require_record(store: Store, net: Net) -> Record:
    record = store.read(net)
    if record is None:
        raise FileNotFoundError(
            f"folder must be one that all workers share, got {store.folder} without what a worker "
            "has written there. Pass a folder on a common disk."
        )
    return record


def _say_what_is_used(function: Callable, store: Store, stale: int, used: int) -> None:
    if stale:
        warnings.warn(
            f"{stale} nets in {store.folder} are of older code: something that the function uses "
            "has changed since. Making them again.",
            stacklevel=4,  # where `sweep` was called
        )
    if used and not lies_in_a_file(function):
        warnings.warn(
            f"{used} nets in {store.folder} are used again, and whether helpers of the function "
            "have changed since cannot be seen. Put the function and its helpers into a module.",
            stacklevel=4,
        )


def _table(nets: list[Net], records: list[Record], code: str) -> Table:
    made = [record.provenance for record in records]
    finished = sorted(one["finished"] for one in made)
    provenance = {
        "function": nets[0].function,
        "settings": list(dict.fromkeys(name for net in nets for name in net.setting)),
        "code": code,
        "flatlib": sorted({one["flatlib"] for one in made}),
        "numpy": sorted({one["numpy"] for one in made}),
        "finished": [finished[0], finished[-1]],
        "seconds": round(sum(one["seconds"] for one in made), 3),
        "machines": sorted({one.get("machine", "unknown") for one in made}),
        "each": {
            name: [one.get(name) for one in made] for name in ("seconds", "processor_seconds")
        },
    }
    pairs = zip(nets, records, strict=True)
    rows = (as_row(net.setting, net.seed, record.result) for net, record in pairs)
    return Table(tuple(rows), provenance)
