"""The command: ``invariance`` prints which measures survive which symmetries."""

import argparse
import sys
from typing import Any

import numpy as np

from flatlib._command import at_least, survive_any_terminal
from flatlib._version import VERSION
from flatlib.activations import ACTIVATIONS
from flatlib.invariance import FAMILIES, MEASURES, invariance_matrix
from flatlib.losses import LOSSES


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 if the matrix contradicts a law, 2 for bad use, else 0."""
    options = _parser().parse_args(arguments)
    survive_any_terminal(sys.stdout)
    return options.run(options)


def _invariance(options: argparse.Namespace) -> int:
    rng = np.random.default_rng(options.seed)
    try:
        matrix = invariance_matrix(rng, measures=options.measures or None, num_draws=options.draws)
    except ValueError as error:
        print(f"flatlib invariance: {error}", file=sys.stderr)
        return 2
    print(matrix)
    return 1 if matrix.contradictions else 0


class _List(argparse.Action):
    """Print every name that stands for something, and stop."""

    def __call__(self, parser: argparse.ArgumentParser, *arguments: Any) -> None:
        """As ``--version`` does."""
        survive_any_terminal(sys.stdout)
        for kind, names in (
            ("activations", ACTIVATIONS),
            ("losses", LOSSES),
            ("measures, rows of the matrix", MEASURES),
            ("families of symmetries, its columns", FAMILIES),
        ):
            print(f"{kind}:", *names, sep="\n    ")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flatlib", description=__doc__)
    parser.add_argument("--version", action="version", version=f"flatlib {VERSION}")
    parser.add_argument("--list", action=_List, nargs=0, help="print all names there are")
    commands = parser.add_subparsers(dest="command", required=True)
    matrix = commands.add_parser("invariance", help="measure what each symmetry does to a measure")
    matrix.add_argument("measures", nargs="*", help="rows, for instance trace; all if none")
    matrix.add_argument("--draws", type=at_least(1), default=3, help="symmetries for each family")
    matrix.add_argument(
        "--seed", type=at_least(0), default=0, help="another seed draws other networks"
    )
    matrix.set_defaults(run=_invariance)
    return parser


if __name__ == "__main__":
    sys.exit(main())
