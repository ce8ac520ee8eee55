"""The solutions on the pages about Dinh et al. run."""

import pytest
from exercise_solutions import assert_solutions_run, pages_of


@pytest.mark.parametrize("page", pages_of("Sharp minima can generalize"))
def test_solutions_run(page, capsys):
    assert_solutions_run(page)
