"""The checks of Dinh et al. object when an error is planted."""

import pytest
from claim_cases import assert_objects, planted


@pytest.mark.parametrize(("id", "plant"), planted("dinh2017"))
def test_claim_objects_to_a_planted_error(id, plant):
    assert_objects(id, plant)
