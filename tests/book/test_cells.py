"""Cells without a notebook around them: against what IPython itself says of the same cells."""

import io

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from flatbook.cells import Cells

CELLS = [
    "1 + 1",
    "x = 3",
    "x = 3\nx * 'a'",
    "print('a'); print('b', end='')",
    "None",
    "'text';",
    "for k in range(3):\n    print(k)",
    "import flatbook\nflatbook.confirm('DINH-F2')",
    "",
    "# a comment",
]


def outputs(*sources):
    """What cells that share their names put out, and whether each came to its end."""
    shown = []
    cells = Cells(shown.append)
    return shown, [cells.run(source, k) for k, source in enumerate(sources, 1)]


def told(shown):
    """All that was printed, and the plain and HTML texts of what was shown."""
    text = "".join(output["text"] for output in shown if output["output_type"] == "stream")
    data = [output["data"] for output in shown if "data" in output]
    return text, [(each.get("text/plain"), each.get("text/html")) for each in data]


def told_by_ipython(source):
    with capture_output() as captured:
        shell = InteractiveShell()
        result = shell.run_cell(source)
    format_of = shell.display_formatter.format
    shown = [output.data for output in captured.outputs]
    if result.result is not None and not source.endswith(";"):
        shown.append(format_of(result.result)[0])
    printed = "".join(line for line in captured.stdout.splitlines(True) if "Out[" not in line)
    return printed, [(each.get("text/plain"), each.get("text/html")) for each in shown]


@pytest.mark.parametrize("source", CELLS)
def test_a_cell_says_what_ipython_says(source):
    shown, ends = outputs(source)
    assert ends == [True]
    printed, values = told_by_ipython(source)
    assert told(shown)[1] == values
    assert told(shown)[0].strip() == printed.strip() or values  # IPython prints a value's text, too


def test_what_is_displayed_comes_before_the_value():
    shown, _ = outputs("display(1, 'two')\n3")
    assert [output["output_type"] for output in shown] == 2 * ["display_data"] + ["execute_result"]
    assert [text for text, _ in told(shown)[1]] == ["1", "'two'", "3"]


def test_names_are_shared_and_an_error_keeps_them():
    shown, ends = outputs("x = 1", "x += 1\n1 / 0\nx = 9", "x")
    assert ends == [True, False, True]
    assert shown[-1]["data"]["text/plain"] == "2"


def test_an_error_names_its_line_and_what_raised_it():
    (error,), _ = outputs("import flatlib\n\nflatlib.MLP((3, 'many', 1))")
    assert error["output_type"] == "error"
    first, second, *_, last = error["traceback"]
    assert first == "<cell 1>, line 3: flatlib.MLP((3, 'many', 1))"
    assert "flatlib" in second
    assert last.startswith(error["ename"])
    assert error["evalue"].splitlines()[0] in last


def test_a_cell_that_is_no_python_says_where():
    (error,), ends = outputs("x = = 1")
    assert ends == [False]
    assert error["ename"] == "SyntaxError"


def test_an_interrupt_ends_the_cell_and_no_more():
    shown, ends = outputs("x = 5\nraise KeyboardInterrupt", "x")
    assert ends == [False, True]
    assert shown[0]["ename"] == "KeyboardInterrupt"


def test_what_is_printed_comes_at_once_and_by_its_stream():
    shown, _ = outputs("import sys\nprint('out')\nprint('err', file=sys.stderr)")
    assert {output["name"] for output in shown} == {"stdout", "stderr"}
    assert "".join(o["text"] for o in shown if o["name"] == "stderr") == "err\n"


def test_a_figure_is_shown_once_and_is_a_picture(closed_figures):
    from base64 import b64decode

    from PIL import Image

    drawn = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    shown, _ = outputs(drawn, "1")
    pictures = [output["data"]["image/png"] for output in shown if "image/png" in output["data"]]
    (picture,) = pictures
    assert Image.open(io.BytesIO(b64decode(picture))).size[0] > 100
