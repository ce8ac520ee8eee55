"""What tests of several folders share."""

import pytest
from chromium import running


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium, closed with its module."""
    with running() as browser:
        yield browser


@pytest.fixture
def closed_figures():
    """No window is opened, and none of pyplot's figures outlives a test."""
    from matplotlib import pyplot

    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
