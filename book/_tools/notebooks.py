"""Run the notebooks of the book in place and write them so that two runs give the same bytes.

    python book/_tools/notebooks.py                       # every page of the table of contents
    python book/_tools/notebooks.py hessian_transform     # only the pages named

A page that fails, takes too long or grows too large is named, and the command exits with 1; a
page that fails is left on the disk as it was. A page that requires what is not installed is named
and left alone; it was a failure if somebody asked for it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import fonts
import nbformat
from budget import pace
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from pages import MAX_BYTES, MAX_SECONDS, ROOT, missing, notebook_paths
from tqdm import tqdm

# Nothing here depends on who ran the page, or on which version of Python.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
CELL_TIMEOUT = 300  # seconds: a slow page is to be measured, a hanging one stopped
NOT_RUN = "not run"
RUN_METADATA = ("execution", "ExecuteTime")


def normalise(notebook):
    """Drop what differs between two runs: cell ids, times, versions, states of widgets."""
    requires = {key: value for key, value in notebook.metadata.items() if key == "requires"}
    notebook.metadata = nbformat.from_dict(METADATA | requires)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for position, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{position:02d}"
        for key in RUN_METADATA:
            cell.metadata.pop(key, None)
    return notebook


def execute(notebook, folder):
    """Run all cells in a fresh kernel of this environment, with ``folder`` as working directory."""
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    # The kernel logs a line about its sockets to stderr, into the progress bar; errors of a page
    # do not come this way.
    client.execute(stderr=subprocess.DEVNULL)
    return notebook


def failed_cell(notebook):
    """``cell 7 (first line of it)`` for the cell that raised, or nothing if none did."""
    for position, cell in enumerate(notebook.cells, start=1):
        outputs = cell.get("outputs", [])
        if any(output.output_type == "error" for output in outputs):
            return f"cell {position} ({cell.source.strip().splitlines()[0]})"
    return "no cell"


def last_line(error):
    """What the exception of the cell said, without the colours of its traceback."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return re.sub(r"\x1b\[[0-9;]*m", "", lines[-1])


def write(notebook, path):
    """Replace the file in one step, and only if something changed."""
    text = nbformat.writes(notebook) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def run(path):
    """Run one page; return what is wrong with it and a line of seconds and size."""
    if missing(path):
        return [f"requires {', '.join(missing(path))}, which is not installed"], NOT_RUN
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    try:
        execute(notebook, path.parent)
    except (CellControlSignal, DeadKernelError) as error:
        return [f"failed in {failed_cell(notebook)}: {last_line(error)}"], "not written"
    seconds = time.perf_counter() - start
    write(normalise(notebook), path)
    size = path.stat().st_size
    problems = []
    if seconds > MAX_SECONDS and seconds / pace() > MAX_SECONDS:
        problems.append(f"took {seconds:.1f} s; a page may take {MAX_SECONDS:.0f} s")
    if size > MAX_BYTES:
        problems.append(f"is {size / 1e3:.0f} kB; a page may be {MAX_BYTES / 1e3:.0f} kB")
    return problems, f"{seconds:5.1f} s {size / 1e3:6.0f} kB"


def select(names):
    """The paths of the pages named, by stem or by path; all of them if none is named."""
    paths = notebook_paths()
    wanted = {Path(name).stem for name in names}
    unknown = wanted - {path.stem for path in paths}
    if unknown:
        known = ", ".join(path.stem for path in paths)
        sys.exit(
            f"No notebook in _toc.yml is called {', '.join(sorted(unknown))}; there are {known}."
        )
    return [path for path in paths if not wanted or path.stem in wanted]


def main(arguments=None):
    """Run the pages asked for and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="names of pages (default: all)")
    arguments = parser.parse_args(arguments)
    paths = select(arguments.pages)
    fonts.prepare()
    wrong = 0
    with tqdm(paths, unit="page") as bar:
        for path in bar:
            name = path.relative_to(ROOT)
            bar.set_description(path.stem)
            problems, line = run(path)
            wrong += bool(problems) and (line != NOT_RUN or bool(arguments.pages))
            bar.write(f"{line}  {name}")
            for problem in problems:
                bar.write(f"    {name} {problem}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
