"""``python -m benchmarks``: time exact Hessians; print a table, write JSON and Markdown."""

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.cases import DENSE
from benchmarks.measure import ROUNDS, compare
from benchmarks.peers import METHODS

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
    results = {"machine": machine(), "rounds": ROUNDS, "dense": rows}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(table(rows), encoding="utf-8")


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


def summary(seconds: list[float]) -> str:
    """Median with its range, or the only run there was."""
    if len(seconds) == 1:
        return f"{seconds[0]:.4f} s (one run)"
    return f"{median(seconds):.4f} s ({min(seconds):.4f} to {max(seconds):.4f})"


def ratio(times: dict[str, list[float]], name: str, reference: str = "flatlib") -> str:
    """Median over the rounds of time over reference time, in the same round."""
    if name not in times:
        return "–"
    pairs = zip(times[name], times[reference], strict=False)
    return f"{np.median([one / other for one, other in pairs]):.2g}"


def table(rows: list[dict]) -> str:
    """Medians in seconds, and how many times as long each method takes as flatlib."""
    names = [name for name in METHODS if any(name in row["seconds"] for row in rows)]
    lines = [
        "| network | N | P | " + " | ".join(names) + " |",
        "|---|---|---|" + "---|" * len(names),
    ]
    for row in rows:
        cells = [
            f"{median(row['seconds'][name]):.4f} s ({ratio(row['seconds'], name)})"
            if name in row["seconds"]
            else "–"
            for name in names
        ]
        lines.append(f"| {row['case']} | {row['N']} | {row['P']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n\nMedian seconds; in brackets, as a multiple of flatlib's time.\n"


if __name__ == "__main__":
    main()
