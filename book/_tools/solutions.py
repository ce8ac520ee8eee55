"""The code in the solutions of a page's exercises: nbval runs it after the page's own cells."""

import re

from nbformat.v4 import new_code_cell

SOLUTION = re.compile(r":::\{solution\}.*?\n:::", re.DOTALL)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def solutions(notebook):
    """The blocks of Python inside the solutions, in the order of the page, as cells."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = [code for solution in SOLUTION.findall(text) for code in CODE.findall(solution)]
    return [new_code_cell(code) for code in found]
