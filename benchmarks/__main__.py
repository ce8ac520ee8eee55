"""``python -m benchmarks``: time exact Hessians; print a table, write JSON and Markdown."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import flatlib
from benchmarks import convolution, growth, products, report
from benchmarks.cases import DENSE
from benchmarks.measure import ROUNDS, compare
from benchmarks.peers import METHODS
from benchmarks.report import summary

PATIENCE = 15.0  # seconds: a method that takes longer is not tried on larger networks
AUTOGRAD_LIMIT = 1500  # parameters, beyond which its P graphs fill the memory
HERE = Path(__file__).parent
FIGURE = HERE.parent / "flatlib/figures/speed.json"  # what the page shows


def main() -> None:
    """Run every case, write the results, and with all peers there the figure's data as well."""
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
    }
    text = json.dumps(results, indent=1) + "\n"
    (HERE / "results.json").write_text(text, encoding="utf-8")
    (HERE / "results.md").write_text(report.markdown(results), encoding="utf-8")
    if set(results["dense"][0]["seconds"]) == set(METHODS):
        FIGURE.write_text(text, encoding="utf-8")
    else:
        print("Peers are missing, so the figure of the page is left as it was.")


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
