"""What tests of several folders share."""

import pytest
from chromium import running


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium, closed with its module."""
    with running() as browser:
        yield browser
