"""The solutions on the pages about Wu et al. run."""

import pytest
from exercise_solutions import assert_solutions_run, pages_of


@pytest.mark.parametrize("page", pages_of("The perspective of loss landscapes"))
def test_solutions_run(page, capsys):
    assert_solutions_run(page)
