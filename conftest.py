"""What needs a package beyond requirements.txt is collected only where that is installed.

PyTorch: examples in the docstrings of flatlib.pytorch, and modules that its tests share; the tests
are skipped by themselves, and say why. cosmic-ray: the tests of the runner of mutants, which
``make mutants`` runs first. A conftest.py has no examples, and as a module two have one name.
"""

from importlib.util import find_spec

NEEDS = {
    "torch": ["flatlib/pytorch/*", "tests/flatlib/pytorch/torch_*.py"],
    "cosmic_ray": ["tests/mutants/mutant.py", "tests/mutants/test_mutants.py"],
}
collect_ignore_glob = ["*/conftest.py"] + [
    pattern for package, patterns in NEEDS.items() if not find_spec(package) for pattern in patterns
]
