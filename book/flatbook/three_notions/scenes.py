"""The loss with two wells on which the three notions of flatness disagree."""

import numpy as np

# Where the two wells have their minima: a round one with walls, and a pointed one that is wide.
LEFT, RIGHT = -0.75, 0.75


def two_wells(theta):
    """A loss of one number with a minimum of 0 at -3/4 and at 3/4: the lower of two curves.

    Left t^2/2 + 7 t^4/2, curvature 1, steep walls; right (sqrt(1 + 60 t^2) - 1) / 10, curvature 6
    at the tip, straight flanks; t is the distance from the minimum.

    >>> two_wells(-0.75), two_wells(0.75)
    (0.0, 0.0)
    """
    t, u = theta - LEFT, theta - RIGHT
    left, right = t**2 / 2 + 7 * t**4 / 2, ((1 + 60 * u**2) ** 0.5 - 1) / 10
    return (left + right - abs(left - right)) / 2


def half_widths(height):
    """How far either curve of `two_wells` goes before it has risen by ``height``: closed forms."""
    left = np.sqrt((np.sqrt(0.25 + 14 * height) - 0.5) / 7)
    right = np.sqrt(((1 + 10 * height) ** 2 - 1) / 60)
    return left, right
