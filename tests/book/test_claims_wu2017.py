"""The claims of Wu et al. come out, with other seeds than the ledger's."""

import pytest
from claim_cases import assert_comes_out, seeded


@pytest.mark.parametrize(("id", "seed"), seeded("wu2017"))
def test_claim_comes_out(id, seed):
    assert_comes_out(id, seed)
