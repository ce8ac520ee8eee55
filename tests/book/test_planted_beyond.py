"""The checks of the book itself object when an error is planted."""

import pytest
from claim_cases import assert_objects, planted


@pytest.mark.parametrize(("id", "plant"), planted("beyond"))
def test_claim_objects_to_a_planted_error(id, plant):
    assert_objects(id, plant)
