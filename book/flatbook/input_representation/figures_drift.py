"""A digit that drifts, beside another digit that is nearer to it than its own shift."""

from dataclasses import dataclass

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.input_representation.claims_drift import nearest_other, shifted
from flatbook.style import COLORS

_CAPTION = (
    "Left: a digit moved to the right, and the nearest digit of another class. Right: how far the "
    "moved digit is from where it was. To the eye it is the same digit throughout."
)


def drift(
    images: np.ndarray, labels: np.ndarray, which: int, shifts: np.ndarray, *,
    caption: str = _CAPTION,
) -> Explorable:  # fmt: skip
    """Euclidean distance of an image from itself moved to the right, by parts of a pixel.

    Paper: Dinh et al., section 5.2, after Theis et al. Page: ``book/input_representation``.

    Args:
        images: shape (N, 64), 8 by 8 pixels from 0 to 1.
        labels: shape (N,).
        which: the image that is moved.
        shifts: rising from 0, in pixels; between whole ones the image is interpolated linearly.
        caption: the claim in a sentence.
    """
    neighbours, distances = nearest_other(images, labels)
    parts = _Drift(
        images[which : which + 1],
        images[neighbours[which]],
        (int(labels[which]), int(labels[neighbours[which]])),
        float(distances[which]),
        np.asarray(shifts),
    )
    return explore(parts.draw, background=parts.background, panels=2, caption=caption, shift=shifts)


@dataclass(frozen=True)
class _Drift:
    image: np.ndarray
    other: np.ndarray
    digits: tuple[int, int]
    nearest: float
    shifts: np.ndarray

    def distance(self, shift: float) -> float:
        return float(np.linalg.norm(shifted(self.image, (0.0, shift)) - self.image))

    def background(self, axes) -> None:
        left, right = axes
        left.set(xlim=(0, 2.1), ylim=(-1.3, 0.05))
        left.axis("off")
        _show(left, self.other, 1.1)
        own, other = self.digits
        left.text(0.5, -1.05, f"a {own}, moved", ha="center", va="top")
        left.text(1.6, -1.05, f"a {other}", ha="center", va="top")
        curve = [self.distance(float(shift)) for shift in self.shifts]
        right.plot(self.shifts, curve, color=COLORS["data"], linewidth=1.4)
        right.axhline(self.nearest, color=COLORS["function"], linewidth=1.4)
        right.text(self.shifts[-1], self.nearest - 0.07, f"to the {other}: {self.nearest:.2f}",
                   color=COLORS["function"], ha="right", va="top")  # fmt: skip
        right.set(xlabel="shift in pixels", ylabel="distance", xlim=(-0.03, self.shifts[-1] + 0.03))
        right.set(ylim=(0, 1.15 * max(curve)))

    def draw(self, axes, shift: float) -> str:
        left, right = axes
        _show(left, shifted(self.image, (0.0, shift))[0], 0.0)
        distance = self.distance(shift)
        right.plot(shift, distance, "o", color=COLORS["alpha"])
        right.set_title(f"to itself: {distance:.2f}")
        nearer = "nearer to itself" if distance < self.nearest else "nearer to the other digit"
        return (
            f"A {self.digits[0]} moved to the right by {shift:.3g} pixels, and a {self.digits[1]}. "
            f"The moved digit is {distance:.2f} from where it was, and the other digit is "
            f"{self.nearest:.2f} from there: the original is {nearer}."
        )


def _show(axes, image: np.ndarray, at: float) -> None:
    axes.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1, aspect="auto",
                extent=(at, at + 1.0, -1.0, 0.0))  # fmt: skip
    axes.set(xlim=(0, 2.1), ylim=(-1.3, 0.05))
