"""A page over its budget of time fails in nbval, by name and with the cell where it happens."""

import budget
import pytest
from nbformat.v4 import new_code_cell
from nbval_run import nbval

BUSY = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end:\n    pass"


def run(folder, seconds, reference):
    """What nbval says of a page that keeps a processor busy for ``seconds`` and may do so for two,
    on a processor whose yardstick takes ``reference``.
    """
    cells = [new_code_cell(BUSY.format(seconds), execution_count=1)]
    change = f"import budget, pages\nbudget.REFERENCE, pages.MAX_SECONDS = {reference}, 2.0\n"
    return nbval(folder, cells, change)


# The yardstick of the processor that the budget is meant for: beside it this one is fast, or slow.
FAST, SLOW = 1e4, 1e-4


@pytest.mark.parametrize(
    ("seconds", "reference", "status"), [(2.5, FAST, 1), (0.0, FAST, 0), (2.5, SLOW, 0)]
)
def test_a_page_may_not_take_longer_than_its_budget(tmp_path, seconds, reference, status):
    done = run(tmp_path, seconds, reference)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("page.ipynb has run for" in done.stdout) == bool(status)


def test_a_fast_processor_excuses_no_slow_page(monkeypatch):
    monkeypatch.setattr(budget, "REFERENCE", FAST)
    assert budget.pace() == 1.0
    monkeypatch.setattr(budget, "REFERENCE", SLOW)
    assert budget.pace() > 100
