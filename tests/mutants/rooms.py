"""Which tests a mutant of a core room must not survive."""

from pathlib import Path

ROOT = Path(__file__).parents[2]

# A room: a pattern of its modules, and patterns of the tests that say what is right there.
ROOMS = {
    "flatlib/params.py": ["test_params", "test_networks", "test_exact"],
    "flatlib/activations/*.py": [
        "test_activations",
        "test_networks",
        "test_exact",
        "test_measures_complexity*",
    ],
    "flatlib/losses/cross_entropy.py": ["test_losses*", "test_spectrum_and_loss", "test_exact"],
    "flatlib/losses/distance.py": ["test_losses*", "test_more_losses*"],
    "flatlib/losses/own.py": ["test_own_losses"],
    "flatlib/objective.py": ["test_objective", "test_l2*", "test_bad_input"],
    "flatlib/normalized_logits.py": ["test_normalized_logits", "test_any_function*"],
    "flatlib/weighted.py": ["test_weighted_sum", "test_attack", "test_bad_input"],
    "flatlib/networks/*.py": ["test_networks*", "test_own_networks", "test_conv*"],
    "flatlib/curvature/conv*.py": ["test_conv*"],
    "flatlib/curvature/_conv*.py": ["test_conv*", "test_hessian_diagonal"],
    "flatlib/curvature/*.py": [
        "test_exact*",
        "test_products*",
        "test_matrices",
        "test_autodiff",
        "test_estimators*",
        "test_spectrum*",
        "test_certificate*",
        "test_clarke",
        "test_inputs*",
        "test_polish",
        "test_hessian_diagonal",
        "test_wasted_work",
        "test_weighted_sum",
        "test_any_function*",
        "test_l2*",
        "test_bad_input",
    ],
    "flatlib/transforms/*.py": [
        "test_transforms",
        "test_symmetry*",
        "test_scaling",
        "test_compensation",
        "test_reparametrization*",
        "test_normalized_logits",
        "test_inputs*",
        "test_bad_input",
    ],
    "book/flatbook/*.py": ["test_check*", "test_command", "test_register"],
}


def modules() -> dict[Path, list[Path]]:
    """Each module of the core with its tests: its own come first, for they fail first.

    A module belongs to the first room whose pattern fits.
    """
    found: dict[Path, list[Path]] = {}
    for pattern, names in ROOMS.items():
        for path in sorted(ROOT.glob(pattern)):
            if path.name != "__init__.py" and path not in found:
                found[path] = _tests(path, names)
    return found


def _tests(module: Path, names: list[str]) -> list[Path]:
    """The examples in its docstrings, the tests of its name wherever they are, and the room's."""
    stem = module.stem.strip("_")
    names = [f"test_*{stem}*", *names]
    files = [file for name in names for file in sorted(ROOT.glob(f"tests/**/{name}.py"))]
    rest = sorted(dict.fromkeys(files), key=lambda file: stem not in file.stem)
    return [module, *rest] if ">>>" in module.read_text(encoding="utf-8") else rest
