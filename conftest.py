"""Examples in the docstrings of flatlib.pytorch run only where PyTorch is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["flatlib/pytorch/*"]
