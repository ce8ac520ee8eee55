"""Tables that lie in several files, one for each part of the library, read as one."""

from importlib import import_module
from pathlib import Path


def gather(pattern, name):
    """The lists called ``name`` in all modules of this folder whose file fits the pattern."""
    modules = sorted(path.stem for path in Path(__file__).parent.glob(pattern))
    return [row for module in modules for row in getattr(import_module(module), name)]
