"""Appendix A: the networks of the paper, and what it says of them."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.own_networks.scenes import gibibytes, shapes
from flatlib.networks import lenet, mlenet, resnet_parts, snin

_wu = partial(claim, paper="wu2017", page="own_networks")
PRINTED = 3781  # parameters of mLeNet


@_wu("WU-AA", place="appendix A", verdict="holds")
def the_networks(rng: np.random.Generator) -> Check:
    """LeNet, mLeNet of 3781 parameters, sNIN of widths (20, 30, 20), ResNet-18 and ResNet-32.

    The counts come out. The shapes are not given, and the counts do not fix them: three nets with
    kernels of 3 or 5 have 3781 parameters, in two of which the number of channels rises; of sNIN no
    kernel is given. ResNet-32 has about half a million parameters, as said in section 5.3, if its
    shortcuts have none.
    """
    fitting = shapes(PRINTED)
    rising = [shape for shape in fitting if shape[1] <= shape[2]]
    counts = [
        (a**2 + 1) * m + (b**2 * m + 1) * n + (c**2 * n + 1) * 10 for (a, b, c), m, n in fitting
    ]
    built = mlenet().param_shapes[::2]
    kernels, channels = tuple(shape[0] for shape in built), [shape[-1] for shape in built]
    return Check.all_of(
        "five networks",
        [
            Check.equal("mLeNet as built here", PRINTED, mlenet().num_params),
            Check.equal("its shape is one of those that fit", 1,
                        fitting.count((kernels, *channels[:2]))),
            Check.equal("shapes that fit", 3, len(fitting)),
            Check.equal("all have the count", [PRINTED] * len(counts), counts),
            Check.equal("the number of channels rises in", 2, len(rising)),
            Check.equal("sNIN: channels of the first layer of each block", [20, 30, 20],
                        [shape[-1] for shape in snin().param_shapes[::2]][::3]),
            Check.equal("ResNet-32: about half a million", 5e5,
                        sum(resnet_parts("ResNet-32").values()), tolerance=0.1),
            Check.at_most("GiB of the Hessian of mLeNet", 16, gibibytes(PRINTED)),
            Check.at_least("GiB of that of LeNet", 16, gibibytes(lenet().num_params)),
        ],
    )  # fmt: skip
