"""For nbval: a page that requires what is not installed is skipped, one that takes long fails."""

import fonts
import pages
import pytest
from budget import pace, seconds

fonts.prepare()


def pytest_collection_modifyitems(items):
    """Mark the cells of such pages, with the reason; no kernel is started for them."""
    for item in items:
        if item.path.suffix == ".ipynb" and pages.missing(item.path):
            reason = f"{item.path.name} requires {', '.join(pages.missing(item.path))}"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail the cell with which a page goes over its budget of time, if it has passed so far."""
    report = yield
    if item.path.suffix == ".ipynb" and call.when == "call" and report.passed:
        spent = seconds(item.parent.kernel.km.provisioner.pid)
        if spent > pages.MAX_SECONDS and (spent := spent / pace()) > pages.MAX_SECONDS:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.path.name} has run for {spent:.1f} s when this cell is done, and a page "
                f"has {pages.MAX_SECONDS:.1f} s: see MAX_SECONDS in book/_tools/pages.py"
            )
    return report
