"""What tests of several folders share, and how the processes share the tests."""

import pytest
from chromium import running
from shares import APART, Shares, share


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``--dist loadfile`` a long file is more than one process's work."""
    return Shares(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Small shares come last, so that nobody waits for a long file; each comes in one piece."""
    found = {}
    items.sort(
        key=lambda item: (
            item.nodeid.startswith(APART),
            found.setdefault(share(item.nodeid), len(found)),
        )
    )


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    with running() as browser:
        yield browser


@pytest.fixture
def closed_figures():
    """No window is opened, and none of pyplot's figures outlives a test."""
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
