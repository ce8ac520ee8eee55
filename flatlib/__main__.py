"""The command: ``verify`` checks claims, ``sweeps`` trains nets, ``invariance`` prints a matrix."""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable

import numpy as np

from flatlib import claims
from flatlib._guards import require_choice, require_integer
from flatlib.experiments import EXPERIMENTS
from flatlib.invariance import invariance_matrix


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if every claim comes out as its verdict says, 1 if not, 2 for bad use."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # a terminal or a pipe that is not UTF-8 gets \u03b8 for a letter that it does not have
        sys.stdout.reconfigure(errors="backslashreplace")
    return options.run(options)


def _sweeps(options: argparse.Namespace) -> int:
    try:
        names = [require_choice(name, "names", EXPERIMENTS) for name in options.names]
    except ValueError as error:
        print(f"flatlib sweeps: {error}", file=sys.stderr)
        return 2
    status = 0
    for name in names or EXPERIMENTS:
        try:
            table = EXPERIMENTS[name].run(options.folder, jobs=options.jobs)
        except ConnectionError as error:  # its images must be fetched; the others need no network
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
            continue
        except PermissionError as error:
            print(f"flatlib sweeps: {error}", file=sys.stderr)
            return 2
        print(f"{name}: {len(table)} nets, {table.provenance['seconds']:.0f} s of work")
    return status


def _verify(options: argparse.Namespace) -> int:
    try:
        ledger = claims.verify(
            options.ids or None,
            seed=options.seed,
            progress=sys.stderr.isatty(),
            jobs=1 if options.ids else -1,
        )
    except ValueError as error:
        print(f"flatlib verify: {error}", file=sys.stderr)
        return 2
    entries = [entry.as_dict() for entry in ledger]
    try:
        print(json.dumps(entries, indent=2) if options.json else ledger, flush=True)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if ledger.holds else 1


def _invariance(options: argparse.Namespace) -> int:
    rng = np.random.default_rng(options.seed)
    try:
        matrix = invariance_matrix(rng, measures=options.measures or None, num_draws=options.draws)
    except ValueError as error:
        print(f"flatlib invariance: {error}", file=sys.stderr)
        return 2
    print(matrix)
    return 1 if matrix.contradictions else 0


def _at_least(minimum: int) -> Callable[[str], int]:
    """A type of argparse's: its refusals are one line and exit code 2."""

    def integer(text: str) -> int:
        try:
            return require_integer(int(text), "it", minimum=minimum)
        except ValueError:
            message = f"must be an integer of at least {minimum}, got {text}"
            raise argparse.ArgumentTypeError(message) from None

    return integer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flatlib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check the claims of both papers")
    verify.add_argument("ids", nargs="*", help="claims to check, for instance DINH-T3; all if none")
    verify.add_argument("--json", action="store_true", help="print a list of objects")
    verify.add_argument(
        "--seed", type=_at_least(0), default=0, help="another seed draws other networks"
    )
    verify.set_defaults(run=_verify)
    sweeps = commands.add_parser("sweeps", help="train the nets of the stored experiments again")
    sweeps.add_argument("names", nargs="*", help="experiments to run; all if none")
    sweeps.add_argument("--folder", default="_sweeps", help="finished nets are kept here")
    sweeps.add_argument("--jobs", type=_at_least(1), default=2, help="nets at a time")
    sweeps.set_defaults(run=_sweeps)
    matrix = commands.add_parser("invariance", help="measure what each symmetry does to a measure")
    matrix.add_argument("measures", nargs="*", help="rows, for instance trace; all if none")
    matrix.add_argument("--draws", type=_at_least(1), default=3, help="symmetries for each family")
    matrix.add_argument(
        "--seed", type=_at_least(0), default=0, help="another seed draws other networks"
    )
    matrix.set_defaults(run=_invariance)
    return parser


if __name__ == "__main__":
    sys.exit(main())
