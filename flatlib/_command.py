"""What both commands have in common, the library's and the book's."""

import argparse
import io
from collections.abc import Callable
from typing import TextIO

from flatlib._guards import require_integer


def survive_any_terminal(stream: TextIO) -> None:
    r"""To one that is not UTF-8 write a code such as ``\u03b8`` for a letter that it lacks."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def at_least(minimum: int) -> Callable[[str], int]:
    """A type of argparse's: its refusals are one line and exit code 2."""

    def integer(text: str) -> int:
        try:
            return require_integer(int(text), "it", minimum=minimum)
        except ValueError:
            message = f"must be an integer of at least {minimum}, got {text}"
            raise argparse.ArgumentTypeError(message) from None

    return integer
