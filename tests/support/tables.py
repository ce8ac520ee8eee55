"""Tables that lie in several files, one for each part of the library or page, read as one."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

TESTS = Path(__file__).parents[1]


def gather(pattern, name):
    """The lists called ``name`` in all files below ``tests`` that fit the pattern."""
    return [row for path in sorted(TESTS.glob(pattern)) for row in getattr(load(path), name)]


def load(path):
    """A file as a module, wherever it lies."""
    spec = spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
