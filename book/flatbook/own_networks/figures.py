"""The networks of Wu et al., part by part."""

from collections.abc import Mapping, Sequence

from flatbook.explore import Explorable, explore
from flatbook.own_networks.scenes import NAMES, gibibytes, parts_of
from flatbook.style import COLORS

_CAPTION = (
    "Layers from the input, at the top, to the output, with their parameters on a logarithmic "
    "axis; for ResNets, stages. The title has the sum, and the memory that the Hessian takes."
)


def paper_networks(names: Sequence[str] = NAMES, *, caption: str = _CAPTION) -> Explorable:
    """Parameters of the networks of Wu et al., part by part, one network at a time.

    Paper: Wu et al., appendix A. Page: ``book/own_networks``.

    Args:
        names: two or more of mLeNet, sNIN, LeNet, ResNet-32, ResNet-18; the slider.
        caption: what is seen, in a sentence.
    """
    networks = {number: (name, parts_of(name)) for number, name in enumerate(names, start=1)}

    def draw(axes, net):
        name, parts = networks[net]
        total, memory = sum(parts.values()), _memory(parts)
        _draw_parts(axes, parts)
        axes.set_title(f"{name}: {total:,} parameters, Hessian {memory}")
        return (
            f"{name} has {total:,} parameters in {len(parts)} parts; the largest is "
            f"{max(parts, key=parts.get).strip()}. Its Hessian takes {memory}."
        )

    return explore(
        draw,
        background=_background,
        size=(4.8, 3.6),
        caption=caption,
        start=1,
        labels={"net": "network"},
        formats={"net": lambda net: networks[net][0]},
        net=list(networks),
    )


def _background(axes) -> None:
    axes.set(xscale="log", xlim=(50, 3e9), ylim=(1, 0), yticks=[])
    axes.set(xlabel="parameters")
    axes.set_xticks([1e2, 1e4, 1e6], ["100", "10,000", "1,000,000"])
    axes.minorticks_off()
    axes.grid(False, axis="y")


def _draw_parts(axes, parts: Mapping[str, int]) -> None:
    """A bar for each, from the input down."""
    for number, (part, count) in enumerate(parts.items()):
        place, height = (number + 0.5) / len(parts), min(0.75 / len(parts), 0.15)
        axes.barh(place, count, left=0, height=height, color=COLORS["theta_1"])
        axes.text(count * 1.3, place, f"{part}:  {count:,}", va="center", fontsize=10)


def _memory(parts: Mapping[str, int]) -> str:
    """What the Hessian takes, in words."""
    size = gibibytes(sum(parts.values()))
    return f"{size:,.0f} GiB" if size > 1 else f"{size:.2f} GiB"
