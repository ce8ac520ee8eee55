"""Draw the picture of the README: the front page's figure with its slider at 10.

python book/_tools/picture.py
"""

import numpy as np
from pages import ROOT

import flatlib
from flatbook import style
from flatbook.index import valley


def main():
    """Write book/_static/valley.png."""
    rng = np.random.default_rng(3)
    net = flatlib.MLP((1, 40, 1))
    objective = flatlib.Objective(net, "squared", *flatlib.data.cubic(rng))
    params = flatlib.training.fit_output_layer(objective, net.init(rng, bias_std=2.0))
    figure = valley(objective, params, np.array([1.0, 10.0])).figure(alpha=10.0)
    with style.context():
        figure.savefig(ROOT / "book/_static/valley.png", dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
