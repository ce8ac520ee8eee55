"""``python -m benchmarks``: time exact Hessians; print a table, write JSON and Markdown."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

from benchmarks import convolution, growth, products, report
from benchmarks.cases import DENSE
from benchmarks.measure import ROUNDS, compare
from benchmarks.peers import METHODS
from benchmarks.report import summary

PATIENCE = 15.0  # seconds: a method that takes longer is not tried on larger networks
HERE = Path(__file__).parent
RESULTS = HERE.parent / "flatlib/figures/speed.json"  # the figure of the page reads it


def main() -> None:
    """Run every case, and write the results."""
    rows, methods = [], dict(METHODS)
    for case in DENSE:
        print(f"{case.name}, N = {case.num_examples}, P = {case.network.num_params}")
        times = compare(case, methods)
        for name, seconds in times.items():
            print(f"    {name:<22} {summary(seconds)}", flush=True)
            if median(seconds) > PATIENCE:
                print(f"    {name} is left out from here on")
                del methods[name]
        rows.append(
            {
                "case": case.name,
                "N": case.num_examples,
                "P": case.network.num_params,
                "seconds": times,
            }
        )
    conv = convolution.measure()
    print(f"mLeNet: { ({name: summary(t) for name, t in conv['seconds'].items()}) }", flush=True)
    results = {
        "machine": machine(),
        "rounds": ROUNDS,
        "dense": rows,
        "convolution": [conv],
        "products": products.measure(),
        "growth": growth.measure(),
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(report.markdown(results), encoding="utf-8")


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    names = ("numpy", "scipy", "autograd", "jax", "torch", "flatlib")
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {"cpu": platform.machine(), "python": platform.python_version(), **versions}


if __name__ == "__main__":
    main()
