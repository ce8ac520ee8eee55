"""The solutions on the first pages run."""

import pytest
from exercise_solutions import assert_solutions_run, pages_of


@pytest.mark.parametrize("page", pages_of("The stage"))
def test_solutions_run(page, capsys):
    assert_solutions_run(page)
