"""Every core module is mutated, and has tests to be judged by."""

import pytest
from mutants.rooms import ROOMS, ROOT, modules

FOUND = modules()


@pytest.mark.parametrize("pattern", ROOMS)
def test_a_room_has_modules_and_each_of_its_tests_is_there(pattern):
    assert list(ROOT.glob(pattern))
    assert all(list(ROOT.glob(f"tests/**/{name}.py")) for name in ROOMS[pattern])


@pytest.mark.parametrize("room", ["curvature", "networks", "transforms"])
def test_no_module_of_the_core_is_left_out(room):
    there = {path for path in (ROOT / "flatlib" / room).glob("*.py") if path.stem != "__init__"}
    assert there <= set(FOUND)


def test_a_modules_own_examples_and_tests_come_first():
    path = ROOT / "flatlib/curvature/certificate.py"
    assert [one.stem for one in FOUND[path][:2]] == ["certificate", "test_certificate"]
    assert FOUND[ROOT / "flatlib/curvature/_unit_diagonal.py"][0].stem == "test_unit_diagonal"
    assert FOUND[ROOT / "flatlib/curvature/_assembly.py"][0].stem == "test_exact"
