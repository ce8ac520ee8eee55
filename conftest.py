"""Examples in the docstrings of flatlib.pytorch run only where PyTorch is installed.

Its tests are skipped by themselves, and say why; the modules that they share must not be imported.
"""

from importlib.util import find_spec

NEEDS_TORCH = ["flatlib/pytorch/*", "tests/pytorch/torch_*.py"]
collect_ignore_glob = [] if find_spec("torch") else NEEDS_TORCH
