"""The stored random solutions on MNIST: volumes, accuracies, and descent beside them."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from flatbook.optimizers.runs import paired
from flatbook.volume_is_accuracy.experiment_guessed import ASKED, FEW, RUNGS
from flatbook.volume_is_accuracy.experiment_mnist import COUNTS
from flatbook.volume_is_accuracy.pairs import PAIRS
from flatbook.volume_is_accuracy.scenes import Task
from flatbook.volume_is_accuracy.tested import STARTS
from flatlib.measures import SolutionVolume
from flatlib.training import Table

ENOUGH = 25  # guesses that fit, below which a share is not told
# Heads of the page's tables, with the formats of their numbers.
VOLUMES = {"digits": "", "labels": "", "n": "d", "bits": ".1f", "guessed": ".1f"}
VOLUMES |= {"V^(1/n)": ".2f", "accuracy": ".3f", "guessed ones": ".3f"}
DESCENTS = {"digits": "", "n": "d", "random": ".3f", "vote": ".3f"}
DESCENTS |= {"descent, as drawn": ".3f", "less random": "", "He's": ".3f", "less random ": ""}
SHARES = {"digits": "", "labels": "", "share right": "", "accuracy before": ".3f", "after": ".3f"}
SHARES |= {"bits a label": ".2f"}
SMALL = {"n": "d", "bits, 8 × 8": ".1f", "bits, MNIST": ".1f"}
SMALL |= {"least bits": ".1f", "most bits": ".1f"}
SMALL |= {"accuracy, 8 × 8": ".2f", "accuracy, MNIST": ".2f"}


def volumes(table: Table, guessed: Table) -> Iterator[tuple]:
    """Rows of the page's table: means over the sets of images.

    Args:
        table: of ``random_solutions_mnist``.
        guessed: of ``guessed_mnist``.

    Yields:
        Digits, labels, how many; bits, and as guessing has them, None where too few
        guesses fit in some set; the mean of V^(1/n); accuracy of random solutions, and of guesses.
    """
    for digits, labels, count in _kinds():
        rows = table.where(digits=digits, labels=labels, count=count)
        bits = last(rows)
        by_guess, accuracy = _by_guess(guessed, rows, count)
        root = (2 ** (-bits / count)).mean()
        own = rows["random"].mean()
        yield digits, labels, count, bits.mean(), by_guess, root, own, accuracy


def _kinds() -> Iterator[tuple[str, str, int]]:
    for digits in PAIRS:
        for labels, counts in COUNTS.items():
            for count in counts:
                yield digits, labels, count


def last(rows: Table) -> np.ndarray:
    """Bits that all labels of a row have cost, a number a row."""
    return np.array([row["bits"][-1] for row in rows])


def _by_guess(guessed: Table, rows: Table, count: int) -> tuple[float | None, float | None]:
    """Mean bits and accuracy of guesses on the same sets."""
    if count > ASKED:
        return None, None
    of = [_guesses(guessed, row) for row in rows]
    if min(row["fits"][count - 1] for row in of) < ENOUGH:
        return None, None
    bits = [-np.log2(row["fits"][count - 1] / row["guesses"]) for row in of]
    tested = [row["random"][RUNGS.index(count)] for row in of] if count in RUNGS else None
    return np.mean(bits), None if tested is None else np.mean(tested)


def _guesses(guessed: Table, row: Mapping) -> Mapping:
    """The guesses on the set of a row, of those that are not there for a test alone."""
    same = guessed.where(**{name: row[name] for name in ("block", "digits", "labels")})
    (found,) = [one for one in same if one["guesses"] != FEW]
    return found


def differences(table: Table, guessed: Table) -> np.ndarray:
    """Bits of the product of shares less bits of guessing, in standard errors, where both are.

    The error of a row has five replicates, too few to divide by. So it is taken from the rows of
    all sets of images together.

    Args:
        table: of ``random_solutions_mnist``.
        guessed: of ``guessed_mnist``.
    """
    found = []
    for digits, labels, count in _kinds():
        rows = table.where(digits=digits, labels=labels, count=count)
        error = np.sqrt((rows["error"] ** 2).mean())
        found += [_apart(row, _guesses(guessed, row), error) for row in rows if count <= ASKED]
    return np.array([one for one in found if one is not None])


def _apart(row: Mapping, of: Mapping, error: float) -> float | None:
    fits, guesses = of["fits"][row["count"] - 1], of["guesses"]
    if fits < ENOUGH:
        return None
    both = np.hypot(error, np.sqrt(1 / fits - 1 / guesses) / np.log(2))
    return float((row["bits"][-1] + np.log2(fits / guesses)) / both)


def beside_descent(table: Table) -> Iterator[tuple]:
    """Rows of the page's table: random solutions of right labels, and descent from two starts.

    Args:
        table: of ``random_solutions_mnist``.

    Yields:
        Digits, number of labels; accuracy of random solutions and of their vote; for each start
        the accuracy of descent, and its lead over random solutions with an interval at 95 %.
    """
    for digits, labels, count in _kinds():
        if labels == "right":
            rows = table.where(digits=digits, labels=labels, count=count)
            found = []
            for start in STARTS:
                found += [descended(rows, start).mean(), said(lead(rows, start))]
            yield digits, count, rows["random"].mean(), rows["vote"].mean(), *found


def descended(rows: Table, start: str) -> np.ndarray:
    """Mean accuracy of descent from one start, a number a row."""
    return rows["descents"][:, list(STARTS).index(start)]


def lead(rows: Table, start: str) -> tuple[float, float, float]:
    """Mean over the sets of descent's lead over random solutions, and its interval at 95 %."""
    found = paired(rows["random"], descended(rows, start))
    return found.points, found.low, found.high


def said(found: tuple[float, float, float]) -> str:
    """A difference with its interval."""
    text = "{:+.3f} [{:+.3f}, {:+.3f}]".format(*found)
    return text.replace("-", "\N{MINUS SIGN}")


def shares(table: Table, digits: str) -> Iterator[tuple]:
    """Rows of the page's table: of random solutions so far, how many are right on the next image.

    Args:
        table: of ``random_solutions_mnist``.
        digits: which two.

    Yields:
        Digits, from which label to which; mean share over these labels, with an interval over
        the sets; accuracy on the test images before and after them; bits a label.
    """
    counts = COUNTS["right"]
    for before, after in pairwise(counts):
        rows = table.where(digits=digits, labels="right", count=after)
        steps = np.diff([row["bits"][before - 1 :] for row in rows], axis=1)
        share = paired(np.zeros(len(rows)), (2**-steps).mean(axis=1))
        text = f"{share.points:.3f} [{share.low:.3f}, {share.high:.3f}]"
        ends = [
            table.where(digits=digits, labels="right", count=n)["random"].mean()
            for n in (before, after)
        ]
        yield digits, f"{before + 1} to {after}", text, *ends, steps.mean()


def beside_small(
    table: Table, runs: Mapping[int, SolutionVolume], digits: Task
) -> Iterator[tuple[int, float, float, float, float, float, float]]:
    """Rows of the page's table: threes and eights of 8 × 8 pixels, and of MNIST.

    Args:
        table: of ``random_solutions_mnist``.
        runs: for each number of labels the volume on the small ones.
        digits: the small ones.

    Yields:
        Number of labels; bits on the small ones, on MNIST, the least and the largest over the sets
        of images; accuracy of random solutions on both.
    """
    for count in sorted(set(runs) & set(COUNTS["right"])):
        rows = table.where(digits="3 or 8", labels="right", count=count)
        small = -runs[count].log_volumes[-1] / np.log(2)
        bits, accuracy = last(rows), digits.accuracies(runs[count].solutions, max(runs)).mean()
        spread = bits.mean(), bits.min(), bits.max()
        yield count, small, *spread, accuracy, rows["random"].mean()
