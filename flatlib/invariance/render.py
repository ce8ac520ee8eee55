"""The matrix as text and as HTML."""

from html import escape
from typing import Any

_STYLE = """<style>
.invariance {overflow: auto; max-width: 100%; max-height: 85vh;}
@media print {.invariance {max-height: none;}}
.invariance table {border-collapse: collapse; font-size: 0.72rem; margin: 0; display: table;}
.invariance th, .invariance td {padding: 0.2em 0.3em; text-align: center; white-space: nowrap;
  border: 1px solid rgba(128, 128, 128, 0.35);}
.invariance thead th {white-space: normal; vertical-align: bottom;
  position: sticky; top: 0; z-index: 2;}
.invariance thead th:first-child {left: 0; z-index: 3;}
.invariance th {
  background: var(--pst-color-background, var(--jp-layout-color0, inherit));}
.invariance tbody th {text-align: left; font-weight: normal; white-space: normal;
  min-width: 10em; position: sticky; left: 0; z-index: 1;}
.invariance td[data-verdict="invariant"] {background: rgba(0, 134, 77, 0.22);}
.invariance td[data-verdict="changes"] {background: rgba(168, 60, 0, 0.14);}
.invariance td[data-verdict="contradicts"] {outline: 3px solid #c00; outline-offset: -3px;}
.invariance td[data-verdict="undefined"] {opacity: 0.55;}
.invariance p {font-size: 0.85rem; margin-top: 0.5em;}
</style>"""


def entry(cell: Any) -> str:
    """What stands in a cell: a tick, the ratio farthest from 1, or a dash."""
    if cell.problem:
        return "!–" if cell.verdict == "contradicts" else "–"
    mark = "!" if cell.verdict == "contradicts" else ""
    if cell.verdict == "invariant":
        margin = 100 * cell.margins.max()
        return "✓" if margin < 0.1 else f"✓±{margin:.0f}%"
    worst = cell.worst
    if abs(worst) >= 1e4 or abs(worst) < 1e-2:
        return f"{mark}×{worst:.0e}".replace("e+0", "e").replace("e-0", "e-")
    if abs(worst - 1) < 0.05:  # rounded to 1 it would look like a tick
        return f"{mark}≈1"
    digits = ".0f" if abs(worst) >= 10 else ".2g"
    return f"{mark}×{worst:{digits}}".replace("-", "−")


def text(matrix: Any) -> str:
    """Rows are measures, columns families; one line below says what the marks mean."""
    head = ["", *matrix.families]
    rows = [
        [name, *(entry(matrix[name, family]) for family in matrix.families)]
        for name in matrix.measures
    ]
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        for row in [head, *rows]
    ]
    return "\n".join([*lines, summary(matrix)])


def summary(matrix: Any) -> str:
    """How many cells, how many ticks, and whether theory was contradicted."""
    cells = matrix.cells.values()
    verdicts = [cell.verdict for cell in cells]
    count = {verdict: verdicts.count(verdict) for verdict in set(verdicts)}
    in_law = "; ± in law, to four standard errors" if any("±" in entry(c) for c in cells) else ""
    return (
        f"{len(verdicts)} pairs: {count.get('invariant', 0)} invariant (✓{in_law}), "
        f"{count.get('changes', 0)} change (×; ≈ by less than 5 %), "
        f"{count.get('undefined', 0)} undefined (–), "
        f"{count.get('contradicts', 0)} against the theory (!)"
    )


def html(matrix: Any) -> str:
    """A table that scrolls under its head and beside its names, in colours for either theme."""
    head = "".join(f'<th scope="col">{escape(family)}</th>' for family in matrix.families)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(_data(matrix[name, family]) for family in matrix.families)
        + "</tr>"
        for name in matrix.measures
    )
    return (
        f'{_STYLE}<div class="invariance"><table><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table><p>{escape(summary(matrix))}</p></div>"
    )


def line(thing: Any) -> str:
    """Its one line of text, as a paragraph that wraps."""
    return f'<p class="invariance-line">{escape(str(thing))}</p>'


def _data(cell: Any) -> str:
    theory = "open" if cell.law is None else f"ratio {cell.law.text}"
    title = cell.problem or f"theory: {theory}"
    return f'<td data-verdict="{cell.verdict}" title="{escape(title)}">{escape(entry(cell))}</td>'
