"""The loss of one number with five minima that no ruler tells apart."""

# Where its minima are; their loss is 0 and their curvature 8.
VALLEYS = (-4.0, -2.0, 0.0, 1.5, 4.0)
_SPREAD = 0.25


def five_valleys(theta):
    """P^2 / (P^2 + P'^2/4), where P is the polynomial with a simple zero at each of `VALLEYS`.

    Near a zero P is P' t with t the distance, so the loss is t^2 / (t^2 + 1/4) up to terms of
    higher order, whatever P' is: each minimum has the same curvature.

    >>> five_valleys(-2.0), five_valleys(1.5)
    (0.0, 0.0)
    """
    product, slope = 1.0, 0.0
    for root in VALLEYS:
        product, slope = product * (theta - root), slope * (theta - root) + product
    return product**2 / (product**2 + _SPREAD * slope**2)
