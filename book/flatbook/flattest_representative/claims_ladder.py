"""Beyond Wu et al., Theorem 1: bounds that unit scaling does not move."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.measures import bound_ladder, fisher_bound, global_ladder, input_complexity
from flatlib.networks import MLP
from flatlib.transforms import scale_neurons

_beyond = partial(claim, paper="beyond", page="flattest_representative")
_NETS = 12


def random_net(rng: np.random.Generator, spread: float = 1.0):
    """A rectified net whose units' scales spread, and inputs: (net, params, inputs)."""
    dimension, units = (int(n) for n in rng.integers(2, 10, size=2))
    net = MLP((dimension, units, 1))
    scale = scale_neurons(net, [np.exp(spread * rng.normal(size=units))])
    return net, scale(net.init(rng, bias_std=1.0)), rng.normal(size=(60, dimension))


@_beyond("EXT5", place="to Wu et al., Theorem 1", verdict="holds")
def tight_under_scaling(rng: np.random.Generator) -> Check:
    """Seven numbers, from the complexity E |grad f|^2 to the squared path norm, each at most the
    next, and none moved by unit scaling; two of them are Theorem 1 at the scaling that is best.

    The two in the middle, the best Frobenius form and the sum over lengths, are not ordered. A
    unit with w_k = 0 keeps the best from being attained, and is left out.
    """
    nets = [random_net(rng) for _ in range(_NETS)]
    rungs = np.array([bound_ladder(*net) for net in nets])
    return Check.all_of(
        f"{_NETS} random nets, and two that show what is not ordered",
        [
            *_chain(nets, rungs),
            *_invariance(nets, rungs, rng),
            _common_factor(nets),
            *_order(),
            _left_out(rng),
        ],
    )


def _chain(nets, rungs) -> list[Check]:
    complexity, entries, frobenius, lengths, printed, products, paths = rungs.T
    whole = np.array([global_ladder(*net) for net in nets]).T
    exact = np.array([input_complexity(*net) for net in nets])
    steps = {
        "entries over complexity": entries / complexity,
        "both in the middle over entries": np.minimum(frobenius, lengths) / entries,
        "printed over both in the middle": printed / np.maximum(frobenius, lengths),
        "products over printed": products / printed,
        "paths over products": paths / products,
        "eigenvalues over complexity": whole[1] / whole[0],
        "Frobenius norms, and the two with spectral norm, over eigenvalues":
            np.minimum(whole[2], np.minimum(whole[4], whole[5])) / whole[1],
        "trace times Frobenius over Frobenius norms": whole[3] / whole[2],
        "Theorem 1 over its best common factor": whole[6] / whole[3],
        "Theorem 1 over its best factors": whole[6] / printed,
    }  # fmt: skip
    return [Check.equal("the lowest rung is the complexity", exact, complexity)] + [
        Check.at_least(f"{name}, least", 1.0, ratios.min()) for name, ratios in steps.items()
    ]


def _invariance(nets, rungs, rng) -> list[Check]:
    """Random scalings, and Theorem 1 itself on the way: it is never below the best of it."""
    after, theorem = [], []
    for net, params, inputs in nets:
        moved = scale_neurons(net, [np.exp(2 * rng.normal(size=net.hidden_sizes[0]))])(params)
        after.append(bound_ladder(net, moved, inputs))
        sides = fisher_bound(net, moved, inputs)
        theorem.append([sides.squares / 2, sides.right / 2])
    ratios = np.array(after) / rungs
    over = np.array(theorem) / rungs[:, [2, 4]]
    return [
        Check.equal("all seven after unit scaling", np.ones_like(ratios), ratios, tolerance=1e-9),
        Check.at_least("Theorem 1 elsewhere over its best, both forms", 1.0, over.min()),
    ]


def _common_factor(nets) -> Check:
    """lambda^4 = |I|_F / tr G makes the two terms of Theorem 1 equal."""
    predicted, measured = [], []
    for net, params, inputs in nets:
        whole = global_ladder(net, params, inputs)
        trace = (params[0] ** 2).sum()
        factor = (whole.trace_frobenius / trace**2) ** 0.25
        there = scale_neurons(net, [np.full(net.hidden_sizes[0], factor)])(params)
        predicted.append(whole.trace_frobenius)
        measured.append(fisher_bound(net, there, inputs).right / 2)
    ratios = np.divide(measured, predicted)
    return Check.equal("Theorem 1 at the best common factor", np.ones_like(ratios), ratios)


def parallel_net():
    """Two parallel b_k, of which the inputs reach one or both: (net, params, inputs)."""
    net = MLP((1, 2, 1))
    params = tuple(map(np.array, ([[1.0, 1.0]], [0.0, -1.0], [[1.0], [1.0]], [0.0])))
    return net, params, np.array([[0.5], [2.0]])


def orthogonal_net():
    """Two orthogonal b_k: G is diagonal, and Theorem 1 in its Frobenius form is tight."""
    net = MLP((2, 2, 1), "linear", bias=False)
    return net, (np.eye(2), np.ones((2, 1))), np.eye(2)


def _order() -> list[Check]:
    parallel, orthogonal = bound_ladder(*parallel_net()), bound_ladder(*orthogonal_net())
    return [
        Check.equal("parallel: lengths is entries", parallel.entries, parallel.lengths),
        Check.at_least("parallel: frobenius over lengths", 1.01,
                       parallel.frobenius / parallel.lengths),
        Check.equal("orthogonal: frobenius, lengths, printed, products",
                    [np.sqrt(8), 4.0, 4.0, 4.0],
                    [orthogonal.frobenius, orthogonal.lengths, orthogonal.printed,
                     orthogonal.products], tolerance=1e-9),
    ]  # fmt: skip


def _left_out(rng) -> Check:
    """A unit that never fires, and one that hears nothing, change no rung but the last."""
    net, params, inputs = random_net(rng)
    incoming, biases, outgoing, last = params
    column = 5 * np.ones((len(incoming), 1))
    more = (
        np.hstack([incoming, column, 0 * column]),
        np.concatenate([biases, [-1e3, 1.0]]),
        np.vstack([outgoing, [[1.0], [1.0]]]),
        last,
    )
    wider = MLP((net.layer_sizes[0], net.hidden_sizes[0] + 2, 1))
    return Check.equal(
        "a dead unit and a deaf one added: all rungs but the last",
        bound_ladder(net, params, inputs)[:-1],
        bound_ladder(wider, more, inputs)[:-1],
        tolerance=1e-9,
    )
