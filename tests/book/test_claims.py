"""The register: each claim is run, with errors planted, and documented."""

from pathlib import Path

from claim_cases import PLANTED, REGISTER, planted, seeded

from flatbook.claim import PAPERS, VERDICTS

HERE = Path(__file__).parent


def test_every_claim_has_a_planted_error():
    assert {id for id, _ in PLANTED} == set(REGISTER)


def test_every_claim_and_every_planted_error_has_a_file_that_runs_it():
    ran = [case for paper in PAPERS for case in seeded(paper)]
    assert {id for id, _ in ran} == set(REGISTER)
    assert sum(len(planted(paper)) for paper in PAPERS) == len(PLANTED)
    for paper in PAPERS:
        for kind, cases in (("claims", "seeded"), ("planted", "planted")):
            text = (HERE / f"test_{kind}_{paper}.py").read_text(encoding="utf-8")
            assert f'{cases}("{paper}")' in text


def test_claims_are_documented():
    for claim in REGISTER.values():
        assert claim.statement.endswith("."), claim.id
        assert claim.verdict in VERDICTS
        assert claim.paper in PAPERS
