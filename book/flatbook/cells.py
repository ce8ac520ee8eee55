"""Cells run as a notebook runs them, where there is no notebook: in the page itself.

A browser has Python (Pyodide) and neither IPython nor a kernel. What a cell prints, shows, draws
and raises goes as a dictionary, in the form that a notebook file keeps it, to a function ``emit``.
"""

import ast
import base64
import io
import linecache
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout

__all__ = ["Cells"]


class Cells:
    """The names that the cells of a page share.

    Page: ``book/index``.

    >>> shown = []
    >>> Cells(shown.append).run("x = 6; print('six', end=''); x * 7", 1)
    True
    >>> [output["output_type"] for output in shown]
    ['stream', 'execute_result']
    """

    def __init__(self, emit):
        """``emit`` takes one output at a time, as soon as there is one."""
        self._emit = emit
        self._names = {"__name__": "__main__", "display": self._display}

    def run(self, source: str, number: int) -> bool:
        """Run a cell and show the value of its last line; whether it came to its end."""
        name = f"<cell {number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        try:
            with redirect_stdout(self._stream("stdout")), redirect_stderr(self._stream("stderr")):
                self._execute(source, name)
                self._emit_figures()
        except BaseException as error:  # an interrupt as well: the next cell can be run
            self._emit(failure(error))
            return False
        return True

    def _execute(self, source, name):
        tree = ast.parse(source, name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), self._names)
        if last is None:
            return
        value = eval(compile(ast.Expression(last.value), name, "eval"), self._names)
        silent = source.rstrip().endswith(";")
        if value is not None and not silent:
            self._emit({"output_type": "execute_result", "data": bundle(value)})

    def _display(self, *values):
        for value in values:
            self._emit({"output_type": "display_data", "data": bundle(value)})

    def _stream(self, name):
        return _Stream(
            lambda text: self._emit({"output_type": "stream", "name": name, "text": text})
        )

    def _emit_figures(self):
        """What pyplot has drawn, once, as a notebook does at the end of a cell."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            self._display(pyplot.figure(number))
            pyplot.close(number)


class _Stream(io.TextIOBase):
    """Hands on what is written."""

    def __init__(self, hand_on):
        self._hand_on = hand_on

    def writable(self):
        return True

    def write(self, text):
        if text:
            self._hand_on(text)
        return len(text)


def bundle(value) -> dict:
    """A value in each form that it has, by MIME type.

    >>> bundle(1.5)
    {'text/plain': '1.5'}
    """
    if hasattr(value, "_repr_mimebundle_"):
        return dict(value._repr_mimebundle_())
    data = {"text/plain": repr(value)}
    for kind, method in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_")):
        text = getattr(value, method, lambda: None)()
        if text is not None:
            data[kind] = text
    if hasattr(value, "savefig"):
        data["image/png"] = picture(value)
    return data


def picture(figure) -> str:
    """A figure as a notebook shows it, in base64."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def failure(error: BaseException) -> dict:
    """An error, with the lines of the cells that led to it and the one where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith("<cell")]
    places = [*own, *(frames[-1:] if frames and frames[-1] not in own and own else ())]
    lines = [f"{frame.filename}, line {frame.lineno}: {frame.line}" for frame in places]
    said = traceback.format_exception_only(error)
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": [*lines, *(line.rstrip() for line in said)],
    }
