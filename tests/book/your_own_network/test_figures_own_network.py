"""The figure says what it was given."""

import numpy as np

from flatbook.your_own_network import own_network


def test_it_says_the_accuracy_and_the_eigenvalue_of_each_frame():
    alphas = np.array([0.1, 1.0, 10.0])
    picture = own_network(alphas, [0.98, 0.98, 0.98], [51234.0, 3.14159, 345.6])
    for alt, words in zip(picture.alts, ("is 51,000.", "is 3.1.", "is 350."), strict=True):
        assert "98.0 %" in alt
        assert alt.endswith(words)
    left, right = picture.figure(alpha=10.0).axes
    np.testing.assert_allclose(left.lines[-1].get_ydata(), 98.0)
    np.testing.assert_allclose(right.lines[-1].get_ydata(), 345.6)
