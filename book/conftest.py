"""For nbval: solutions are run after their page, in its kernel; a page that requires what is not
installed is skipped, one that takes long fails.
"""

from collections import defaultdict
from itertools import groupby

import fonts
import pages
import pytest
from budget import pace, seconds
from solutions import solutions

fonts.prepare()


def pytest_collection_modifyitems(items):
    """Add the solutions of each page, and mark what needs more than there is, with the reason."""
    groups = [[*group] for _, group in groupby(items, key=lambda item: item.path)]
    items[:] = [item for group in groups for item in with_solutions(group)]
    for item in items:
        if is_page(item) and pages.missing(item.path):  # no kernel is started for them
            reason = f"{item.path.name} requires {', '.join(pages.missing(item.path))}"
            item.add_marker(pytest.mark.skip(reason=reason))


def with_solutions(cells):
    """The cells of a page as nbval has them, then its solutions, whose outputs are in no print."""
    yield from cells
    *_, last = cells
    if is_page(last):
        for number, cell in enumerate(solutions(last.parent.nb), 1):
            asked = {"cell_num": last.cell_num + number, "options": defaultdict(bool)}
            yield type(last).from_parent(last.parent, name=f"Solution {number}", cell=cell, **asked)


def is_page(item):
    """Whether it is a cell, of a page or of its solutions."""
    return item.path.suffix == ".ipynb"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail the cell with which a page goes over its budget of time, if it has passed so far."""
    report = yield
    if is_page(item) and item.name.startswith("Cell") and call.when == "call" and report.passed:
        spent = seconds(item.parent.kernel.km.provisioner.pid)
        if spent > pages.MAX_SECONDS and (spent := spent / pace()) > pages.MAX_SECONDS:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.path.name} has run for {spent:.1f} s when this cell is done, and a page "
                f"has {pages.MAX_SECONDS:.1f} s: see MAX_SECONDS in book/_tools/pages.py"
            )
    return report
