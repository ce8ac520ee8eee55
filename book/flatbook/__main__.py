"""The command: ``verify`` checks the claims of the book, ``sweeps`` trains its nets again."""

import argparse
import json
import os
import sys

from flatbook.rooms import experiments, verify
from flatlib._command import at_least, survive_any_terminal
from flatlib._guards import require_choice


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if every claim comes out as its verdict says, 1 if not, 2 for bad use."""
    options = _parser().parse_args(arguments)
    survive_any_terminal(sys.stdout)
    return options.run(options)


def _sweeps(options: argparse.Namespace) -> int:
    known = experiments()
    try:
        names = [require_choice(name, "names", known) for name in options.names]
    except ValueError as error:
        print(f"flatbook sweeps: {error}", file=sys.stderr)
        return 2
    status = 0
    for name in names or known:
        try:
            table = known[name].run(options.folder, jobs=options.jobs)
        except (ConnectionError, ModuleNotFoundError) as error:  # no images, or no PyTorch
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
            continue
        except PermissionError as error:
            print(f"flatbook sweeps: {error}", file=sys.stderr)
            return 2
        print(f"{name}: {len(table)} nets, {table.provenance['seconds']:.0f} s of work")
    return status


def _verify(options: argparse.Namespace) -> int:
    try:
        ledger = verify(
            options.ids or None,
            seed=options.seed,
            progress=sys.stderr.isatty(),
            jobs=1 if options.ids else -1,
        )
    except ValueError as error:
        print(f"flatbook verify: {error}", file=sys.stderr)
        return 2
    entries = [entry.as_dict() for entry in ledger]
    try:
        print(json.dumps(entries, indent=2) if options.json else ledger, flush=True)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0 if ledger.holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flatbook", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check the claims of both papers")
    verify.add_argument("ids", nargs="*", help="claims to check, for instance DINH-T3; all if none")
    verify.add_argument("--json", action="store_true", help="print a list of objects")
    verify.add_argument(
        "--seed", type=at_least(0), default=0, help="another seed draws other networks"
    )
    verify.set_defaults(run=_verify)
    sweeps = commands.add_parser("sweeps", help="train the nets of the stored experiments again")
    sweeps.add_argument("names", nargs="*", help="experiments to run; all if none")
    sweeps.add_argument("--folder", default="_sweeps", help="finished nets are kept here")
    sweeps.add_argument("--jobs", type=at_least(1), default=2, help="nets at a time")
    sweeps.set_defaults(run=_sweeps)
    return parser


if __name__ == "__main__":
    sys.exit(main())
