"""Cells of a page that requires what is not installed are skipped, and say why."""

import pytest
from pages import missing


def pytest_collection_modifyitems(items):
    """Mark the cells of such pages, for nbval; no kernel is started for them."""
    for item in items:
        if item.path.suffix == ".ipynb" and missing(item.path):
            reason = f"{item.path.name} requires {', '.join(missing(item.path))}"
            item.add_marker(pytest.mark.skip(reason=reason))
