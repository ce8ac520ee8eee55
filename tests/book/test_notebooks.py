"""The committed notebooks keep the rules of the house; each rule sees what it is there to see."""

import copy
import re
from configparser import ConfigParser
from pathlib import Path

import nbformat
import notebook_rules as rules
import notebooks
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import notebook_paths

PNG = "iVBORw0KGgo="
FIGURE = "<img class='explore-layer' alt=''><img class='explore-layer' data-frame alt='one'>"


def page(*cells):
    """A small page that keeps every rule, followed by ``cells``."""
    title = new_markdown_cell("# A title\n\n```python\n# a comment, no title\n```")
    first = new_code_cell("1 + 1", execution_count=1)
    return new_notebook(cells=[title, first, *cells])


def cell(source="x = 1", *outputs, count=2, **metadata):
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def shown(**data):
    data = {key.replace("_", "/"): value for key, value in data.items()}
    return new_output("display_data", data=data)


FAULTS = {
    rules.run_in_order: [page(cell(count=None)), page(cell(count=3))],
    rules.definitions_live_in_flatlib: [
        page(cell("def f():\n    return 1")),
        page(cell("class A:\n    pass")),
        page(cell("f = lambda x: x")),
        page(cell("f: object = lambda x: x")),
        page(cell("for k in range(2):\n    async def f(): pass")),
        page(cell("%timeit 1")),
    ],
    rules.short_cells: [
        page(cell("\n".join(f"x = {k}" for k in range(9)))),
        page(*(cell(count=k + 2) for k in range(20))),
    ],
    rules.no_errors: [page(cell("1 / 0", new_output("error", ename="ZeroDivisionError")))],
    rules.no_stderr: [page(cell("f()", new_output("stream", name="stderr", text="Warning")))],
    rules.light: [page(cell("f()", shown(text_plain="x" * 1_000_001)))],
    rules.images_have_alt_text: [
        page(cell("f()", shown(text_html="<p><img src='a.png'></p>"))),
        page(cell("f()", shown(text_html="<img alt='one'><img alt=' '>"))),
        page(cell("f()", shown(text_html="<img class='explore-layer' alt=''>"))),
        page(cell("f()", shown(text_html=FIGURE.replace("alt='one'", "")))),
        page(cell("f()", shown(image_png=PNG))),
    ],
    rules.captions_hold_in_the_dark: [
        page(cell("f()", shown(text_html="<figcaption>Whitened: black</figcaption>"))),
    ],
    rules.one_title: [
        new_notebook(cells=[new_code_cell("1", execution_count=1)]),
        new_notebook(cells=[new_markdown_cell("## Too low")]),
        page(new_markdown_cell("# A second title")),
    ],
}
PLANTED = [(rule, fault) for rule, faults in FAULTS.items() for fault in faults]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
def test_page_keeps_the_rule(path, rule):
    faults = list(rule(nbformat.read(path, as_version=4)))
    assert not faults, f"{path.name}: " + "; ".join(faults)


@pytest.mark.parametrize(
    ("rule", "fault"), PLANTED, ids=lambda value: getattr(value, "__name__", "")
)
def test_rule_sees_a_planted_fault(rule, fault):
    assert list(rule(fault))


def test_every_rule_has_a_planted_fault():
    assert set(FAULTS) == set(rules.RULES)


def test_a_good_page_has_no_fault():
    good = page(
        cell("# eight lines\n" + "\n".join(f"x = {k}" for k in range(8))),
        cell("f()", shown(image_png=PNG), count=3, mystnb={"image": {"alt": "A parabola."}}),
        cell("f()", shown(image_png=PNG, text_html=FIGURE), count=4),
        cell("sorted(words, key=lambda word: word[-1])", count=5),
    )
    assert not [fault for rule in rules.RULES for fault in rule(good)]


def test_normalising_forgets_the_run_and_nothing_else():
    one = page(cell("x = 1", shown(text_plain="1"), tags=["hide-input"]))
    other = copy.deepcopy(one)
    other.cells[1].id = "random"
    other.cells[1].metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    other.metadata["language_info"] = {"name": "python", "version": "3.99"}
    assert notebooks.normalise(one) == notebooks.normalise(other)
    assert one.cells[2].metadata == {"tags": ["hide-input"]}
    nbformat.validate(one)


def test_the_failed_cell_is_named():
    broken = page(cell("1 / 0\nx = 1", new_output("error", ename="ZeroDivisionError")))
    assert notebooks.failed_cell(broken) == "cell 3 (1 / 0)"
    assert notebooks.failed_cell(page()) == "no cell"


def test_a_run_gives_the_same_bytes_twice_and_a_budget_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "page.ipynb"
    path.write_text(nbformat.writes(page(cell("print(1)\nprint(2)\nx = 3\nx"))), encoding="utf-8")
    assert notebooks.run(path)[0] == []
    first = path.read_bytes()
    monkeypatch.setattr(notebooks, "MAX_SECONDS", 0.01)
    monkeypatch.setattr(notebooks, "MAX_BYTES", 10)
    slow, large = notebooks.run(path)[0]
    assert (slow.split()[0], large.split()[0]) == ("took", "is")
    assert path.read_bytes() == first
    assert b'"1\\n",' in first


def test_a_page_that_fails_is_left_as_it_was(tmp_path):
    path = tmp_path / "page.ipynb"
    path.write_text(nbformat.writes(page(cell("1 / 0"))), encoding="utf-8")
    before = path.read_bytes()
    problems, _ = notebooks.run(path)
    assert problems == ["failed in cell 3 (1 / 0): ZeroDivisionError: division by zero"]
    assert path.read_bytes() == before


def sanitized(text):
    """``text`` as nbval sees it through the sanitize file."""
    config = ConfigParser(interpolation=None)
    config.read(Path(__file__).parents[1] / "nbval_sanitize.cfg", encoding="utf-8")
    for name in config.sections():
        text = re.sub(config[name]["regex"], config[name]["replace"], text)
    return text


@pytest.mark.parametrize("error", ["2.5e-16", "9.9e-12", "1e-100", "0", "0.0e+00"])
def test_rounding_is_forgiven(error):
    for word in ("error", "relative difference", "found"):
        assert sanitized(f"holds · {word} {error}, x") == f"holds · {word} ROUNDING, x"


@pytest.mark.parametrize("error", ["1.0e-11", "2.5e-09", "1.0e+03", "0.25", "0.012", "12"])
def test_a_grown_error_is_not_forgiven(error):
    for word in ("error", "relative difference", "found"):
        assert sanitized(f"holds · {word} {error}, x") == f"holds · {word} {error}, x"


def test_pictures_and_times_are_replaced_and_words_are_not():
    html = '<img alt="a net" src="data:image/svg+xml;base64,AAAA+/="> in 1.25 s, tolerance 1e-10'
    assert sanitized(html) == '<img alt="a net" src="PICTURE"> inSECONDS, tolerance 1e-10'


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("d='M0 1L2 3.14' style='fill:none'", "d='M0 1L2 3.15' style='fill:none'", True),
        ("<use x='5.8' href='%23me4218984c3' />", "<use x='5.9' href='%23m0218984c3a' />", True),
        ("translate(47.21 194.28) scale(0.1)", "translate(47.22 194.28) scale(0.1)", True),
        ("d='M0 1' style='stroke:%23262626'", "d='M0 1' style='stroke:%23a83c00'", False),
        ("%3Cpath d='M0 1' /%3E", "%3Cpath d='M0 1' /%3E%3Cpath d='M0 1' /%3E", False),
        ("href='%23DejaVuSans-14'", "href='%23DejaVuSans-15'", False),
        ('alt="the curvature is 12"', 'alt="the curvature is 13"', False),
    ],
)  # fmt: skip
def test_of_a_vector_picture_all_but_the_coordinates_is_compared(one, other, same):
    assert (sanitized(one) == sanitized(other)) is same
