"""The work of a sweep: each net made once, in whatever process, and what a dead worker was at."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flatlib.training._begun import Begun
from flatlib.training._nets import Net, make_net
from flatlib.training._store import Store

if TYPE_CHECKING:
    from tqdm import tqdm

# seconds between two looks at a net that another process makes
_PATIENCE = 0.2


def require_backend() -> None:
    """Refuse the one backend of joblib's that does not notice when a worker is killed."""
    import joblib  # not at the top: only sweeps need it, and it takes a quarter of a second

    backend, _ = joblib.parallel.get_active_backend()
    if type(backend).__name__ == "MultiprocessingBackend":
        raise ValueError(
            "backend must notice that a worker has died, got multiprocessing, which waits for it "
            "for ever. Use loky, the default, or threading."
        )


def make_all(
    function: Callable,
    nets: list[Net],
    store: Store,
    begun: Begun,
    code: str,
    jobs: int,
    bar: "tqdm",
) -> None:
    """Until every net is there; one that a process has died over comes last, and alone.

    So the others are there before it dies again, and it is certain which one it was.
    """
    deaths = {net.key: begun.deaths(net) for net in nets}
    calm = [net for net in nets if not deaths[net.key]]
    risky = sorted((net for net in nets if deaths[net.key]), key=lambda net: deaths[net.key])
    for batch in (calm, *([net] for net in risky)):
        try:
            _make_batch(function, batch, store, begun, code, jobs, bar)
        except BaseException as error:
            _name_the_dead(error, begun, batch)
            begun.release_all(batch)
            raise


def _make_batch(
    function: Callable,
    nets: list[Net],
    store: Store,
    begun: Begun,
    code: str,
    jobs: int,
    bar: "tqdm",
) -> None:
    """What another process makes already is waited for."""
    while nets:
        done = set()
        for key in _finished(function, nets, store, begun, code, jobs):
            done.add(key)
            bar.update(key is not None)
        nets = [net for net in nets if net.key not in done]
        while nets and all(map(begun.busy, nets)):
            time.sleep(_PATIENCE)


def _finished(
    function: Callable, nets: list[Net], store: Store, begun: Begun, code: str, jobs: int
) -> Iterable:
    """One key whenever a net is on the disk; with a backend that cannot, all at the end."""
    import joblib
    from threadpoolctl import threadpool_limits

    options = {"n_jobs": jobs, "batch_size": 1}
    try:
        parallel = joblib.Parallel(**options, return_as="generator_unordered")
    except ValueError:
        parallel = joblib.Parallel(**options)
    # here too, so that threads, which share the limit, find it and leave it at one
    with threadpool_limits(1):
        yield from parallel(
            joblib.delayed(_make)(function, net, store, begun, code) for net in nets
        )


def _make(function: Callable, net: Net, store: Store, begun: Begun, code: str) -> str | None:
    """Runs in the worker: train a net and write it down; None if somebody else is at it."""
    if not begun.take(net):
        return None
    wall, processor = time.perf_counter(), time.thread_time()
    try:
        if not store.has(net, code):  # another sweep in this folder may have been faster
            result = make_net(function, net.setting, net.seed)
            spent = {
                "seconds": round(time.perf_counter() - wall, 3),
                "processor_seconds": round(time.thread_time() - processor, 3),
            }
            store.write(net, result, spent=spent, code=code)
            begun.forget(net)
    except Exception as error:
        error.add_note(f"The net was {net}.")
        raise
    finally:
        begun.release(net)
    return net.key


def _name_the_dead(error: BaseException, begun: Begun, nets: list[Net]) -> None:
    """A worker that was killed says nothing; what it had begun says which net it was."""
    notes = getattr(error, "__notes__", ())
    if isinstance(error, Exception) and not any(n.startswith("The net was") for n in notes):
        if dead := begun.bury(nets):
            error.add_note(f"A worker died while it made {' or '.join(map(str, dead))}.")
