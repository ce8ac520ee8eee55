"""The command: ``python -m flatlib verify`` checks every claim and prints the ledger."""

import argparse
import json
import os
import sys

from flatlib import claims


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if every claim comes out as its verdict says, 1 if not, 2 for bad use."""
    options = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flatlib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="check the claims of both papers")
    verify.add_argument("ids", nargs="*", help="claims to check, for instance DINH-T3; all if none")
    verify.add_argument("--json", action="store_true", help="print a list of objects")
    verify.add_argument("--seed", type=int, default=0, help="another seed draws other networks")
    return parser


if __name__ == "__main__":
    sys.exit(main())
