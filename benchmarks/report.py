"""The results as a page of Markdown."""

from statistics import median

import numpy as np


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


def markdown(results: dict) -> str:
    """Every table, the growth, and what it was measured on."""
    growth, memory = results["growth"], results["growth"]["memory"]
    derivatives = results["derivatives"]
    return "\n".join(
        [
            "# Exact Hessians: how long they take\n",
            f"Medians of {results['rounds']} alternating rounds in one process; in brackets, as a "
            f"multiple of flatlib's time in the same round. Written by `make bench`. "
            f"{versions(results['machine'])}.\n",
            "## Dense networks\n",
            table(results["dense"]),
            "## mLeNet\n",
            table(results["convolution"]),
            "## One Hessian-vector product\n",
            table(results["products"]),
            "## Growth and memory\n",
            f"Time grows as P^{growth['exponent in P']} (64-m-10, N = 1797) and as "
            f"N^{growth['exponent in N']} (64-32-10). At N = {memory['N']:,} one Hessian of "
            f"64-32-10 takes {memory['peak MiB']} MiB at its peak: {memory['result MiB']} MiB for "
            f"the result, and temporaries within the budget of {memory['budget MiB']} MiB.\n",
            "## Without the matrix\n",
            f"Measured with {versions(derivatives['machine'])}.\n",
            *(f"### {name}\n\n{table(rows)}" for name, rows in derivatives["rows"].items()),
        ]
    )


def versions(machine: dict[str, str]) -> str:
    """What the numbers depend on, in a line."""
    return ", ".join(f"{name} {number}" for name, number in machine.items())


def table(rows: list[dict]) -> str:
    """Medians in seconds, and how many times as long each method takes as flatlib."""
    names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    lines = [
        "| network | N | P | " + " | ".join(names) + " |",
        "|---|---|---|" + "---|" * len(names),
    ]
    for row in rows:
        cells = [
            f"{median(row['seconds'][name]):.4g} s ({ratio(row['seconds'], name)})"
            if name in row["seconds"]
            else "–"
            for name in names
        ]
        lines.append(f"| {row['case']} | {row['N']} | {row['P']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
