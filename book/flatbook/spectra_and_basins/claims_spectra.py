"""Section 5.2: the spectrum of mLeNet at good and bad solutions."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.spectra_and_basins import scenes
from flatbook.spectra_and_basins.experiment_mlenet_mnist import MLENET_MNIST
from flatbook.spectra_and_basins.experiment_mlenet_spectra import MLENET_SPECTRA
from flatbook.spectra_and_basins.scenes import digits_stages
from flatbook.spectra_and_basins.wells import EDGE, line, shares
from flatbook.three_notions.scenes import taught
from flatlib.curvature import hessian, residual_part
from flatlib.measures import TwoWells, sum_of_logs
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.training import Table

EDGES = scenes.EDGES[:-1]
_wu = partial(claim, paper="wu2017", page="spectra_and_basins")


IMAGES = {"MNIST": MLENET_MNIST, "digits": MLENET_SPECTRA}


def spectra(images: str) -> Table:
    """The stored solutions of mLeNet on one of the two data sets."""
    return IMAGES[images].table()


def matched(images: str) -> Table:
    """Those of one training loss, from good to bad."""
    return spectra(images).where(target_loss=0.02)


def counts_beyond(row: dict, side: str, threshold: float = 1e-5) -> int:
    """Eigenvalues of one sign with a modulus above the threshold, which is an edge of the bins."""
    return int(row[side][EDGES > 0.999 * threshold].sum())


def logit_shifts(net: MLP) -> np.ndarray:
    """Directions that add the same to all outputs, orthonormal columns: softmax sees none."""
    inputs, outputs = net.param_shapes[-2]
    rows = np.kron(np.eye(inputs + 1), np.ones((outputs, 1)) / np.sqrt(outputs))
    return np.vstack([np.zeros((net.num_params - len(rows), inputs + 1)), rows])


def growth(objective: Objective, params, direction: np.ndarray) -> float:
    """Power with which the loss grows from 0 along a direction, both ways together."""
    theta, unit = flatten(params), direction / np.linalg.norm(direction)
    near, far = (
        sum(objective(unflatten(theta + t * unit, like=params)) for t in (-length, length))
        for length in (0.01, 0.02)
    )
    return float(np.log2(far / near))


@_wu(
    "WU-F2",
    place="section 5.2 and Figure 2",
    verdict="illustrated",
    quote="Most of the eigenvalues concentrate around zero. ... the bad solutions have much larger "
    "eigenvalues than the good ones",
    tables=("mlenet_mnist", "mlenet_spectra"),
)
def spectrum_of_mlenet(rng: np.random.Generator) -> Check:
    """Around solutions the Hessian has some negative eigenvalues, since the optimizer was stopped;
    most eigenvalues are near 0; and those of bad solutions are much larger.

    mLeNet on 512 images of MNIST and on 512 enlarged digits, from stored experiments, and small
    nets. At one training loss the bad solutions are the sharper ones in the product of the top 50
    and at every rank from 20 on, which the largest eigenvalue need not show.
    """
    objective, stages = digits_stages(rng)
    return Check.all_of(
        "three observations",
        [
            *_negative_ones(objective, stages),
            *_zeros(objective, stages[0]),
            *_tangents(rng),
            *(check for images in IMAGES for check in _bad_ones(images)),
        ],
    )


def _negative_ones(objective: Objective, stages) -> list[Check]:
    lowest = np.array([np.linalg.eigvalsh(hessian(objective, p))[0] for p in stages])
    residual = np.array([np.linalg.eigvalsh(residual_part(objective, p))[0] for p in stages])
    rows = [row for images in IMAGES for row in spectra(images)]
    clean = [spectra(images).where(attack_size=0)["lowest"] for images in IMAGES]
    return [
        Check.at_least("fewest eigenvalues of a solution of mLeNet below -1e-5",
                       1.0, min(counts_beyond(row, "negative") for row in rows)),
        Check.at_least("good ones: lowest at loss 0.1 over lowest at loss 0.002",
                       3.0, min(lowest[0] / lowest[-1] for lowest in clean)),
        Check.at_most("small net, three stages: lowest eigenvalue, in units of the lowest of the "
                      "residual part", np.ones(3), lowest / residual),
        Check.at_least("first stage over last", 3.0, lowest[0] / lowest[-1]),
    ]  # fmt: skip


def _zeros(objective: Objective, params) -> list[Check]:
    curved, shifts = hessian(objective, params), logit_shifts(objective.network)
    return [
        Check.at_least(
            "mLeNet: fewest eigenvalues that are 0, of which 136 shift all outputs alike",
            136.0,
            min(spectra(images)["zeros"].min() for images in IMAGES),
        ),
        Check.equal(
            "small net: the Hessian times such shifts, added to its norm",
            np.linalg.norm(curved),
            np.linalg.norm(curved) + np.abs(curved @ shifts).max(),
        ),
    ]


def _tangents(rng: np.random.Generator) -> list[Check]:
    smooth, params = taught(MLP((3, 8, 2), "tanh"), 5, rng)
    values, vectors = np.linalg.eigh(hessian(smooth, params))
    null = vectors[:, values < 1e-12 * values[-1]]
    tangent = null @ (null.T @ rng.normal(size=len(null)))
    flat, steep = (growth(smooth, params, v) for v in (tangent, vectors[:, -1]))
    return [
        Check.equal(
            "squared loss 0, 5 examples, 2 outputs: eigenvalues that are not 0",
            10,
            int((values > 1e-12 * values[-1]).sum()),
        ),
        Check.equal("loss grows like this power along a null vector", 4.0, flat, tolerance=0.005),
        Check.equal("and like this along the sharpest", 2.0, steep, tolerance=0.005),
    ]


def _bad_ones(images: str) -> list[Check]:
    nets = matched(images)
    products = [sum_of_logs(row["top"], 50, base="10") for row in nets]
    return [
        Check.at_least(f"{images}: training accuracy", np.full(3, 0.99), nets["train_accuracy"]),
        Check.at_least(f"{images}: training losses, at least half the largest",
                       np.full(3, 0.5), nets["train_loss"] / max(nets["train_loss"])),
        Check.at_least(f"{images}: test accuracy falls by at least",
                       [0.03, 0.03], -np.diff(nets["test_accuracy"])),
        Check.at_least(f"{images}: sum of log10 of the top 50 rises by at least",
                       [2.0, 2.0], np.diff(products)),
        Check.at_least(f"{images}: ranks 20 to 50: bad over good, smallest ratio",
                       1.5, (nets[2]["top"] / nets[0]["top"])[19:].min()),
    ]  # fmt: skip


@_wu(
    "WU-Q",
    place="abstract and section 1",
    verdict="illustrated",
    quote="the volume of basin of attraction of good minima dominates over that of poor minima, "
    "which guarantees optimization methods with random initialization to converge to good minima",
    tables=("mlenet_mnist", "mlenet_spectra"),
)
def two_questions(rng: np.random.Generator) -> Check:
    """What tells good minima from bad ones is the volume of their basins, measured by the Hessian;
    and random starts find the good ones because those volumes dominate.

    Of the first answer the second half can be seen: the Hessian does tell them apart. That its
    product of eigenvalues is the volume of a basin does not follow, so nothing follows for the
    second: among two basins the smaller may have the flatter bottom.
    """
    ridge = rng.uniform(0.4, 0.75)
    wells = TwoWells(ridge, curvature=rng.uniform(4.0, 9.0))
    found = shares(wells, line())
    return Check.all_of(
        "what the Hessian tells, and what it does not",
        [
            *(check for images in IMAGES for check in _bad_ones(images)),
            Check.at_least("two wells: left curvature over right", 4.0,
                           np.divide(*wells.determinants)),
            Check.at_least("and yet: left basin over right", 1.7, np.divide(*found)),
            Check.equal("which is the ratio up to the ridge, up to a cell",
                        (EDGE + ridge) / (EDGE - ridge), np.divide(*found), tolerance=0.02),
        ],
    )  # fmt: skip
