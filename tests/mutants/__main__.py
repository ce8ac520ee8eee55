"""Change the core in one place at a time, and see whether a test objects.

A random sample of the mutants of `rooms.ROOMS`, the same for the same seed. Verdicts are kept, so
that a run that was stopped, or has used up its minutes, goes on where it was. The sample's score is
the part that a test killed; survivors are printed, and the exit status is 1 below ``--wanted``.
Those that no test can kill are listed, with the reason, in ``equivalent.txt``.
"""

import argparse
import json
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from tqdm import tqdm

from mutants.mutant import Mutant, mutants_of, passes, survives
from mutants.rooms import ROOT, modules

EQUIVALENT = Path(__file__).with_name("equivalent.txt")
LEFT_OUT = shutil.ignore_patterns(".*", "_*build", "_sweeps", "_mutants", "*.egg-info")


def main() -> int:
    """Run the command."""
    options = _parser().parse_args()
    sample, kept = draw(options.sample, np.random.default_rng(options.seed)), Kept(options.folder)
    _run(sample, kept, options)
    done = [mutant for mutant in sample if kept[mutant.key] is not None]
    alive = [mutant for mutant in done if kept[mutant.key]]
    for mutant in alive:
        print(f"\nalive: {mutant.path.relative_to(ROOT)}", *mutant.diff, sep="\n    ")
    score = 1 - len(alive) / max(len(done), 1)
    print(f"\n{len(done) - len(alive)} of {len(done)} mutants were killed: {score:.1%}.", end=" ")
    print(f"{len(sample) - len(done)} are left; run it again." if len(done) < len(sample) else "")
    return int(score < options.wanted)


def draw(number: int, rng: np.random.Generator) -> list[Mutant]:
    """A sample of all mutants that change something and are not known to be equivalent.

    In the order of digests, so that a line that is changed leaves the rest of the sample alone.
    """
    found = [mutant for path, tests in modules().items() for mutant in mutants_of(path, tests)]
    known, salt = EQUIVALENT.read_text(encoding="utf-8").splitlines(), rng.bytes(8)
    drawn = sorted(found, key=lambda one: _digest(one, salt))
    worth = (one for one in drawn if one.code is not None and _line(one) not in known)
    return [one for one, _ in zip(worth, range(number), strict=False)]


def _digest(mutant: Mutant, salt: bytes) -> bytes:
    of = (_name(mutant), mutant.operator, mutant.place)
    return sha256(salt + "\0".join(of).encode()).digest()


def _name(mutant: Mutant) -> str:
    return mutant.path.relative_to(ROOT).as_posix()


def _line(mutant: Mutant) -> str:
    """As ``equivalent.txt`` names it: the module and what the change makes of its line."""
    return f"{_name(mutant)}: {' '.join(mutant.diff[-1][1:].split())}"


class Kept:
    """Verdicts on the disk, one a line: whether the mutant of this key is alive."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "verdicts.jsonl"
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        self._verdicts = dict(json.loads(line) for line in lines if line.endswith("]"))

    def __getitem__(self, key: str) -> bool | None:
        return self._verdicts.get(key)

    def add(self, key: str, alive: bool) -> None:
        """Keep a verdict; a line that a stop cuts short is not read."""
        self._verdicts[key] = alive
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, alive]) + "\n")


def _run(sample: list[Mutant], kept: Kept, options: argparse.Namespace) -> None:
    """Give the mutants that have no verdict to copies of the project until the time is up."""
    missing = [mutant for mutant in sample if kept[mutant.key] is None]
    end, copies = time.monotonic() + 60 * options.minutes, SimpleQueue()
    for number in range(options.jobs):
        copy = options.folder.resolve() / f"copy-{number}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        copies.put(copy)

    def judge(mutant: Mutant) -> None:
        copy = copies.get()
        try:
            if time.monotonic() < end:
                kept.add(mutant.key, survives(mutant, ROOT, copy))
        finally:
            copies.put(copy)

    with ThreadPoolExecutor(options.jobs) as pool:
        _require_green({mutant.tests for mutant in missing}, copies, pool)
        list(tqdm(pool.map(judge, missing), total=len(missing), unit="mutant"))


def _require_green(suites: set, copies: SimpleQueue, pool: ThreadPoolExecutor) -> None:
    """Tests that fail before anything was changed would kill every mutant."""
    files = sorted({path for suite in suites for path in suite})

    def check(path: Path) -> bool:
        copy = copies.get()
        try:
            return passes((path,), ROOT, copy)
        finally:
            copies.put(copy)

    failed = [f.name for f, good in zip(files, pool.map(check, files), strict=True) if not good]
    if failed:
        sys.exit(f"these tests fail without any change: {', '.join(failed)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=60, help="mutants to draw")
    parser.add_argument("--seed", type=int, default=0, help="another seed draws others")
    parser.add_argument("--minutes", type=float, default=20.0, help="none is begun after that")
    parser.add_argument("--jobs", type=int, default=2, help="copies of the project at work")
    parser.add_argument("--wanted", type=float, default=0.92, help="the score that is enough")
    parser.add_argument("--folder", type=Path, default=ROOT / "_mutants", help="where it works")
    return parser


if __name__ == "__main__":
    sys.exit(main())
