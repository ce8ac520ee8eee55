"""Where the matrix is measured: nets of its own, unless one is given."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from flatlib._guards import require_generator
from flatlib.curvature._derivatives import derivatives_of
from flatlib.networks import MLP, ConvNet, Network, Params, require_mlp, require_network
from flatlib.objective import Objective

_SIZES, _EXAMPLES = (4, 5, 6, 3), 60


def default_scene(
    rng: np.random.Generator, *, bias: bool = True, network: Network | None = None
) -> tuple[Objective, Params]:
    """A relu net 4-5-6-3 that is right on about 5 in 6 of 60 examples; nothing is trained.

    Its own answers are the labels, a quarter of them drawn again; neither the gradient nor
    the residuals vanish, so no accident makes a measure invariant.

    Points with a hidden unit that is dead on all examples are drawn again: some measures divide by
    what a unit does.

    Page: ``book/what_survives``.

    Args:
        rng: draws data and params.
        bias: whether the net has biases.
        network: another `flatlib.MLP` or `flatlib.ConvNet`, whose biases are its own.

    Raises:
        TypeError: if ``rng`` is no Generator, or the network of another kind.

    Example:
        >>> from flatlib.networks import Conv, ConvNet, Dense
        >>> signals = ConvNet((6, 2), [Conv(3, 2), Conv(4, 2), Dense(3)])
        >>> objective, params = default_scene(np.random.default_rng(0), network=signals)
        >>> objective.inputs.shape, objective.network.num_params
        ((60, 6, 2), 94)
    """
    require_generator(rng)
    network = MLP(_SIZES, bias=bias) if network is None else require_network(network)
    inputs = rng.normal(size=(_EXAMPLES, *network.input_shape))
    while True:
        params = network.init(rng, bias_std=0.5)
        if all((hidden > 0).any(axis=0).all() for hidden in _hidden(network, params, inputs)):
            break
    labels = network.predict(params, inputs).argmax(axis=1)
    redrawn = rng.random(_EXAMPLES) < 0.25
    labels[redrawn] = rng.integers(network.num_outputs, size=redrawn.sum())
    return Objective(network, "cross_entropy", inputs, labels), params


def _hidden(network: Network, params: Params, inputs: np.ndarray) -> Iterator[np.ndarray]:
    """What each hidden layer says: a row for each example, or each place of it."""
    if isinstance(network, ConvNet):
        for maps in network.layer_inputs(params, inputs)[1:-1]:
            yield np.moveaxis(maps, 1, 2).reshape(-1, maps.shape[1])
    else:
        yield from require_mlp(network).pre_activations(params, inputs)[:-1]


def draw_scenes(
    objective: Any, params: Any, num_draws: int, rng: np.random.Generator
) -> list[tuple[Any, Any]]:
    """As many pairs as there are draws: the one given each time, or a fresh net for each."""
    if (objective is None) != (params is None):
        missing = "objective" if objective is None else "params"
        raise ValueError(
            f"objective and params must be given together, got no {missing}. Pass both or neither."
        )
    if objective is None:
        return [default_scene(rng) for _ in range(num_draws)]
    params = derivatives_of(objective).require_params(params)
    return [(objective, params)] * num_draws


def has_laws(objective: Any) -> bool:
    """Whether theory speaks of it: of the mean loss of a network, which symmetries leave alone."""
    return objective is None or (isinstance(objective, Objective) and not any(objective.l2))
