"""A grid of numbers: heads, formats, what a phone needs, and what is refused."""

import numpy as np
import pytest
from bs4 import BeautifulSoup

from flatbook.grids import grid

HEADS = {"strength": "g", "norm": ".2f", "rank correlation": ""}
ROWS = [(0.5, np.float64(1.005), "-0.17 [-0.30, -0.03]"), (1.0, 45.6, None)]


def test_a_terminal_gets_columns_under_their_heads():
    lines = str(grid(HEADS, ROWS)).splitlines()
    assert lines[0] == "strength   norm      rank correlation"
    assert lines[1].endswith("1.00  -0.17 [-0.30, -0.03]")
    assert lines[2] == "       1  45.60"
    assert {lines[0].index("norm") + 4, lines[2].index("45.60") + 5} == {15}


def test_a_page_gets_a_table_whose_cells_know_their_heads():
    page = BeautifulSoup(grid(HEADS, ROWS)._repr_html_(), "html.parser")
    assert [head.get_text() for head in page.select("thead th[scope=col]")] == list(HEADS)
    for row, name in zip(page.select("tbody tr"), ("0.5", "1"), strict=True):
        assert row.select_one("th[scope=row]").get_text() == name
        assert [cell["data-label"] for cell in row.select("th, td")] == list(HEADS)


def test_heads_and_cells_are_escaped():
    html = grid({"a < b": "", 'x"y': ""}, [("<b>", "1")])._repr_html_()
    assert "<b>" not in html
    assert "a &lt; b" in html
    assert BeautifulSoup(html, "html.parser").select("td")[0]["data-label"] == 'x"y'


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "at least one row, got none"),
        ([(1.0, 2.0)], "3 cells each, one for each head, got one of 2"),
        ([(1.0, 2.0, "x", "y")], "got one of 4"),
    ],
)
def test_what_is_no_grid_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        grid(HEADS, rows)
    advice = [(1.0, 2.0, None)]  # what the message says to do
    assert grid(HEADS, advice).rows == (("1", "2.00", ""),)
