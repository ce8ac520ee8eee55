"""How the tests are shared out to processes: a file is one share, but for a few.

A file stays together for what its tests have in common, a fixture that takes long. Where they have
nothing in common, each test is a share; where it is a page of the site that is open, each page is,
whatever files its tests are in. Files that read one and the same are one share together.
"""

import re

from xdist.scheduler import LoadFileScheduling

#: Files of many tests with nothing in common but the page that some of them name.
APART = (
    "tests/book/test_claims.py",
    "tests/book/test_planted.py",
    "tests/site/test_site.py",
    "tests/site/test_violations.py",
)
#: Files whose tests read the pages of the site, which take long to parse: one share has them all.
READING = tuple(
    f"tests/site/test_{name}.py"
    for name in ("guesses", "links", "parts", "sharing", "verdicts", "way")
)
_PAGE = re.compile(r"\[(book/\w+)\b")


def share(nodeid: str) -> str:
    """The share of a test: its file, or several, or the test alone, or the page it names."""
    file = nodeid.partition("::")[0]
    if file in READING:
        return READING[0]
    if file not in APART:
        return file
    page = _PAGE.search(nodeid)
    return page[1] if page else nodeid


class Shares(LoadFileScheduling):
    """A scheduler of pytest-xdist that gives a process one share after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return share(nodeid)
