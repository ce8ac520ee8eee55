"""``python -m benchmarks``: time exact Hessians; print a table, write JSON and Markdown.

``python -m benchmarks derivatives`` measures again what takes no matrix and the import, and keeps
the rest as it is: nothing there needs a peer that may be missing.
"""

import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import flatlib
from benchmarks import convolution, derivatives, growth, imports, products, report
from benchmarks.cases import DENSE
from benchmarks.measure import PATIENCE, ROUNDS, compare
from benchmarks.peers import METHODS
from benchmarks.report import summary

AUTOGRAD_LIMIT = 1500  # parameters, beyond which its P graphs fill the memory
HERE = Path(__file__).parent
FIGURE = HERE.parent / "book/flatbook/exact_hessians/speed.json"  # what the page shows


def main() -> None:
    """Run what is asked for and write the results; with all peers the figure's data as well."""
    if sys.argv[1:] == ["derivatives"]:
        stored = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
        _write(stored | {"derivatives": without_matrices()})
        return
    conv = convolution.measure()
    print(
        f"mLeNet: { ({name: summary(times) for name, times in conv['seconds'].items()}) }",
        flush=True,
    )
    results = {
        "machine": machine(),
        "rounds": ROUNDS,
        "dense": dense(),
        "convolution": [conv],
        "products": products.measure(),
        "growth": growth.measure(),
        "derivatives": without_matrices(),
    }
    text = _write(results)
    if set(results["dense"][0]["seconds"]) == set(METHODS):
        FIGURE.write_text(text, encoding="utf-8")
    else:
        print("Peers are missing, so the figure of the page is left as it was.")


def _write(results: dict) -> str:
    text = json.dumps(results, indent=1) + "\n"
    (HERE / "results.json").write_text(text, encoding="utf-8")
    (HERE / "results.md").write_text(report.markdown(results), encoding="utf-8")
    return text


def without_matrices() -> dict:
    """Gradient, diagonal, ends of the spectrum and the import, with the machine they ran on."""
    rows = derivatives.measure() | {"import, seconds of processor time": imports.measure()}
    return {"machine": machine(), "rows": rows}


def dense() -> list[dict]:
    """Every dense case with every method that is still worth waiting for."""
    rows, methods = [], dict(METHODS)
    for case in DENSE:
        size = case.network.num_params
        print(f"{case.name}, N = {case.num_examples}, P = {size}")
        if size > AUTOGRAD_LIMIT:
            methods.pop("autograd", None)
        times = compare(case, methods)
        for name, seconds in times.items():
            print(f"    {name:<22} {summary(seconds)}", flush=True)
            if median(seconds) > PATIENCE:
                print(f"    {name} is left out from here on")
                del methods[name]
        rows.append({"case": case.name, "N": case.num_examples, "P": size, "seconds": times})
    return rows


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    names = ("numpy", "scipy", "autograd", "jax", "torch")
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    versions["flatlib"] = flatlib.__version__
    return {"cpu": platform.machine(), "python": platform.python_version(), **versions}


if __name__ == "__main__":
    main()
