"""How the tests are shared out: every test has one share, and a file that is apart is there."""

from pathlib import Path

import pytest
from shares import APART, READING, share

ROOT = Path(__file__).parents[2]
SITE, PLANTED = "tests/site/test_site.py", "tests/book/test_planted.py"


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("tests/flatlib/test_data.py::test_a[1-x]", "tests/flatlib/test_data.py"),
        ("flatlib/params.py::flatlib.params.flatten", "flatlib/params.py"),
        ("tests/site/test_links.py::test_a[book/volume]", READING[0]),
        ("tests/site/test_way.py::test_a", READING[0]),
        (f"{PLANTED}::test_b[EXT2-plant0]", f"{PLANTED}::test_b[EXT2-plant0]"),
        (f"{SITE}::test_c[book/volume]", "book/volume"),
        (f"{SITE}::test_d[book/volume-light]", "book/volume"),
        ("tests/site/test_violations.py::test_d[book/volume-dark]", "book/volume"),
        (f"{SITE}::test_d[book/volume_and_accuracy-light]", "book/volume_and_accuracy"),
        (f"{SITE}::test_e[<img alt=' '>]", f"{SITE}::test_e[<img alt=' '>]"),
    ],
)
def test_the_share_of_a_test(nodeid, expected):
    assert share(nodeid) == expected


def test_a_file_that_is_apart_is_there():
    assert all((ROOT / file).is_file() for file in (*APART, *READING))


def test_the_tests_of_a_share_come_one_after_the_other_and_files_before_parts(request):
    """Else a page would be opened twice; only what was collected can be looked at."""
    shares = [share(item.nodeid) for item in request.session.items]
    firsts = list(dict.fromkeys(shares))
    assert [one for k, one in enumerate(shares) if k == 0 or shares[k - 1] != one] == firsts
    apart = [one.startswith((*APART, "book/")) for one in firsts]
    assert apart == sorted(apart)
