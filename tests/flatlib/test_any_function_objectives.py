"""Weighted sums, normalized logits and other coordinates go through the doors of any function."""

import numpy as np
import pytest
from oracles import assert_close

import flatlib
from flatlib import Objective, WeightedSum
from flatlib.training import polish
from flatlib.transforms import RadialPower


class TestOtherObjectives:
    """A weighted sum, normalized logits and other coordinates go through the same doors."""

    net = flatlib.MLP((3, 3, 3), "tanh")
    inputs = np.random.default_rng(1).normal(size=(8, 3))
    labels = np.random.default_rng(2).integers(3, size=8)
    objective = Objective(net, "cross_entropy", inputs, labels, l2=0.1)
    start = net.init(np.random.default_rng(3), bias_std=0.3)
    functions = (
        ("sum", WeightedSum([objective, objective.subset([0, 1])], [1.0, 0.5]), start),
        ("logits", flatlib.NormalizedLogits(objective), start),
        (
            "coordinates",
            RadialPower(1.5).objective(objective),
            RadialPower(1.5).inverse(start),
        ),
    )

    @pytest.mark.parametrize(("name", "function", "at"), functions)
    def test_they_are_certified_and_polished(self, name, function, at):
        hessian = _by_columns(function, at)
        assert_close(flatlib.hessian_operator(function, at) @ np.eye(len(hessian)), hessian)
        values, _ = flatlib.top_eigenpairs(flatlib.hessian_operator(function, at), 2)
        assert_close(values, np.linalg.eigvalsh(hessian)[::-1][:2])
        certificate = flatlib.certify(function, at)
        np.testing.assert_allclose(certificate.loss, float(function(at)), rtol=1e-15)
        assert certificate.kink_margin == np.inf, name
        polished = polish(function, at, max_steps=10)
        assert polished.losses[1] < polished.losses[0]

    def test_a_kink_is_known_in_other_coordinates_and_for_normalized_logits(self):
        net = flatlib.MLP((1, 1, 3), "leaky_relu", bias=False)
        params = (np.array([[0.0]]), np.array([[1.0, 2.0, 4.0]]))
        objective = Objective(net, "squared", [[1.0]], [[0.0, 0.0, 0.0]])
        assert flatlib.certify(objective, params).verdict == "on a kink"
        g = RadialPower(1.5)
        assert flatlib.certify(g.objective(objective), g.inverse(params)).verdict == "on a kink"
        labels = Objective(net, "cross_entropy", [[1.0]], [2])
        away = (np.array([[1e-3]]), params[1])
        margins = [
            flatlib.certify(f, away).kink_margin for f in (labels, flatlib.NormalizedLogits(labels))
        ]
        assert margins[0] == margins[1]
        assert flatlib.certify(g.objective(labels), g.inverse(away)).verdict == "no minimum"

    def test_batches_of_normalized_logits_keep_them_and_l2(self):
        whole = flatlib.NormalizedLogits(self.objective)
        halves = [whole.subset(range(4)), whole.subset(range(4, 8))]
        mean = np.mean([float(half(self.start)) for half in halves])
        np.testing.assert_allclose(mean, float(whole(self.start)), rtol=1e-14)


def _by_columns(function, params):
    """The Hessian from autograd's own operator on the flat vector, without flatlib's tracing."""
    from autograd import elementwise_grad, jacobian

    flat = lambda t: function(flatlib.unflatten(t, like=params))  # noqa: E731
    matrix = jacobian(elementwise_grad(flat))(flatlib.flatten(params))
    return matrix / 2 + matrix.T / 2
