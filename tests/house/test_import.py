"""What ``import flatlib`` loads, and what it leaves until asked; each in a fresh process."""

import json
import subprocess
import sys
import textwrap
from importlib.util import find_spec

import pytest

# what takes long to load and only some calls need
HEAVY = {
    "IPython",
    "autograd.scipy",  # it imports scipy.stats
    "ipywidgets",
    "joblib",
    "matplotlib",
    "mnist1d",
    "pandas",
    "platformdirs",
    "psutil",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.io",
    "scipy.optimize",
    "scipy.stats",
    "sklearn",
    "threadpoolctl",
    "torch",
    "tqdm",
}
ROOMS = """
    import flatlib
    from pkgutil import iter_modules
    rooms = {module.name for module in iter_modules(flatlib.__path__)}
    rooms = {name for name in rooms if not name.startswith("_")} - {"pytorch"}
    assert {"curvature", "data", "measures", "networks", "params", "training"} <= rooms
    answer = sorted(name for name in rooms if name not in vars(flatlib))
"""
WITHOUT_TORCH = """
    import sys
    sys.modules["torch"] = None  # as if it were not installed
    import flatlib
    answer = []
    for how in ("flatlib.pytorch", "from flatlib import pytorch", "import flatlib.pytorch.losses"):
        try:
            exec(how)
        except ModuleNotFoundError as error:
            answer.append([error.name, str(error)])
"""


def told(script):
    """What a script leaves in ``answer``, and the modules of `HEAVY` that are loaded at its end."""
    script = (
        textwrap.dedent(script) + "\nimport json, sys\nprint(json.dumps([answer, [*sys.modules]]))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    answer, modules = json.loads(run.stdout)
    return answer, HEAVY & set(modules)


def test_nothing_heavy_is_loaded_and_every_room_is_there():
    assert told(ROOMS) == ([], set())


def test_a_planted_import_is_seen():
    _, heavy = told("import flatlib, scipy.stats; answer = None")
    assert {"scipy.stats", "scipy.optimize"} <= heavy
    assert "sklearn" not in heavy


def test_pytorch_is_a_room_that_names_its_extra_where_it_is_missing():
    answer, _ = told(WITHOUT_TORCH)
    names, messages = zip(*answer, strict=True)
    assert names == ("torch",) * 3
    assert all('pip install ".[torch]" in a clone' in message for message in messages)


@pytest.mark.skipif(not find_spec("torch"), reason="PyTorch is not installed")
def test_pytorch_is_a_room_when_it_is_asked_for():
    assert told("import flatlib; answer = flatlib.pytorch.__name__")[0] == "flatlib.pytorch"


def test_any_other_name_is_no_room():
    answer, _ = told("import flatlib; answer = hasattr(flatlib, 'no_such_room')")
    assert answer is False
