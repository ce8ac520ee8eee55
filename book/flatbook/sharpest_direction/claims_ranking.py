"""Section 4.2, after Theorem 4: a better minimum can be made the sharper one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.curvature import certify, hessian_operator
from flatlib.data import digits, parity, teacher_student
from flatlib.measures import hessian_trace, sharpening_alpha, spectral_norm, spectral_norm_of
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import cosine, descent, fit_output_layer
from flatlib.transforms import alpha_scale

_CLEAN = 150


@dataclass(frozen=True, eq=False)
class RankedNet:
    """A net trained to tell odd digits from even ones, some of its answers wrong on purpose.

    Attributes:
        objective: the squared loss on the 150 clean images, the same for all nets.
        params: its weights.
        images: the 450 test images.
        odd: whether each of them is an odd digit.
    """

    objective: Objective
    params: tuple[np.ndarray, ...]
    images: np.ndarray
    odd: np.ndarray

    def at(self, alpha: float) -> tuple[np.ndarray, ...]:
        """Weights at T_alpha theta."""
        return alpha_scale(self.objective.network, alpha)(self.params)

    def accuracy(self, alpha: float = 1.0) -> float:
        """Share of test images told right, computed anew from the scaled weights."""
        answers = self.objective.network.predict(self.at(alpha), self.images)[:, 0]
        return float(((answers > 0) == self.odd).mean())

    def norm(self, alpha: float = 1.0) -> float:
        """Spectral norm of the Hessian at the scaled weights, by products with it."""
        operator = hessian_operator(self.objective, self.at(alpha))
        return spectral_norm_of(operator)


def ranked_nets(
    rng: np.random.Generator, wrong: Sequence[int], *, hidden: int = 16, epochs: int = 600
) -> list[RankedNet]:
    """Nets of different accuracy that fit the same 150 digits: one for each number in ``wrong``.

    Each is trained on the clean images and on that many others with the wrong parity, drawn anew;
    the more of them, the worse it does on the test images. Full-batch Adam.
    """
    data, net, nets = digits(), MLP((64, hidden, 1)), []
    signs = parity(data.train_labels)
    clean = Objective(net, "squared", data.train_inputs[:_CLEAN], signs[:_CLEAN])
    for number in wrong:
        rest = _CLEAN + rng.permutation(len(signs) - _CLEAN)[:number]
        inputs = np.vstack([clean.inputs, data.train_inputs[rest]])
        beside = Objective(net, "squared", inputs, np.vstack([clean.targets, -signs[rest]]))
        run = descent(
            beside,
            net.init(rng),
            rng,
            epochs=epochs,
            learning_rate=cosine(0.02, end=1e-4),
            optimizer="adam",
            batch_size=None,
        )
        nets.append(RankedNet(clean, run.params, data.test_inputs, data.test_labels % 2 == 1))
    return nets


def alphas_in_order(nets: Sequence[RankedNet], scores: Sequence[float]) -> np.ndarray:
    """One alpha for each net, so that the net with the higher score is the sharper one.

    Targets start at ten times the sharpest net and double from each net to the next.
    """
    ranks = np.argsort(np.argsort(scores))
    start = 10 * max(net.norm() for net in nets)
    first = [sharpening_alpha(net.objective, net.params, start) for net in nets]
    return np.array(first) / np.sqrt(2.0) ** ranks


@claim(
    "DINH-R7",
    paper="dinh2017",
    place="section 4.2, after Theorem 4",
    verdict="holds",
    page="sharpest_direction",
)
def better_and_sharper(rng: np.random.Generator) -> Check:
    """If one minimum generalizes better than another, then a minimum with the same function as the
    better one is sharper than the other, by spectral norm and by trace.

    At two exact minima of one loss, and among six nets trained on digits: scaled one way the better
    is always the sharper, scaled the other way always the flatter.
    """
    nets = ranked_nets(rng, (0, 0, 20, 20, 60, 60), hidden=10, epochs=300)
    accuracies = np.array([net.accuracy() for net in nets])
    parts = _two_minima(rng)
    for sign, name in [(1, "better is sharper"), (-1, "better is flatter")]:
        alphas = alphas_in_order(nets, sign * accuracies)
        norms = [net.norm(alpha) for net, alpha in zip(nets, alphas, strict=True)]
        scaled = [net.accuracy(alpha) for net, alpha in zip(nets, alphas, strict=True)]
        parts += [
            Check.equal(
                f"six nets on digits: pairs against '{name}'",
                0,
                _out_of_order(sign * accuracies, norms),
                tolerance=0.0,
            ),
            Check.equal("test accuracies", accuracies, scaled, tolerance=0.0),
        ]
    parts.append(Check.at_least("best accuracy less worst", 0.1, np.ptp(accuracies)))
    return Check.all_of("the better net is the sharper or the flatter one, as one likes", parts)


def _out_of_order(scores: np.ndarray, norms: Sequence[float]) -> int:
    """Pairs of which the one with the higher score is not the sharper."""
    higher = scores[:, None] > scores[None, :]
    return int((higher & (np.array(norms)[:, None] <= np.array(norms)[None, :])).sum())


def _two_minima(rng: np.random.Generator) -> list[Check]:
    """A teacher, and a net that says the same on the 20 examples and not elsewhere."""
    net = MLP((4, 30, 1))
    data = teacher_student(net, 20, rng)
    objective = Objective(net, "squared", data.inputs, data.targets)
    other = fit_output_layer(objective, net.init(rng, bias_std=1.0))
    fresh = rng.normal(size=(500, 4))
    truth = net.predict(data.params, fresh)
    certified = [certify(objective, params).verdict for params in (data.params, other)]
    error = np.mean((net.predict(other, fresh) - truth) ** 2)
    parts = [
        Check.equal("two minima of one loss", 2, certified.count("minimum"), tolerance=0.0),
        Check.at_least("one is right on fresh data, the other's error", 0.01, error),
    ]
    for one, two, name in [(data.params, other, "better"), (other, data.params, "worse")]:
        for measure in (spectral_norm, hessian_trace):
            target = 2 * measure(objective, two)
            scaled = alpha_scale(net, sharpening_alpha(objective, one, target))(one)
            size = measure(objective, scaled) / measure(objective, two)
            words = measure.__name__.replace("_", " ")
            parts.append(
                Check.at_least(f"the {name} one sharper: {words} over the other's", 2.0, size)
            )
        before, after = net.predict(one, fresh), net.predict(scaled, fresh)
        parts.append(Check.equal("its outputs on fresh data", before, after))
    return parts
