"""Section 4.2, after Theorem 4: a better minimum can be made the sharper one."""

from collections.abc import Sequence

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.sharpest_direction.scenes import alphas_in_order, ranked_nets
from flatbook.three_notions.scenes import taught
from flatlib.curvature import certify
from flatlib.measures import hessian_trace, sharpening_alpha, spectral_norm
from flatlib.networks import MLP
from flatlib.training import fit_output_layer
from flatlib.transforms import alpha_scale


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
    objective, teacher = taught(net, 20, rng)
    other = fit_output_layer(objective, net.init(rng, bias_std=1.0))
    fresh = rng.normal(size=(500, 4))
    truth = net.predict(teacher, fresh)
    certified = [certify(objective, params).verdict for params in (teacher, other)]
    error = np.mean((net.predict(other, fresh) - truth) ** 2)
    parts = [
        Check.equal("two minima of one loss", 2, certified.count("minimum"), tolerance=0.0),
        Check.at_least("one is right on fresh data, the other's error", 0.01, error),
    ]
    for one, two, name in [(teacher, other, "better"), (other, teacher, "worse")]:
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
