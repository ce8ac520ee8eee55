"""A figure, or one of its layers, as the data URI of an image: small, and the same each time."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager

from matplotlib.figure import Figure
from PIL import Image

from flatbook import style

SVG = "{http://www.w3.org/2000/svg}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
PIXELS_PER_INCH = 110  # how large the page shows a figure
SCREEN_DPI = 165  # PNG layers: one and a half pixels to each of the page's
CHEAP_ONCE = 60_000  # bytes that sharp SVG may cost where a figure has one of it
WORTH_A_PNG = 6_000  # bytes a frame, below which no PNG is tried


@contextmanager
def hidden(artists, figure, *, ground):
    """Inside the block ``artists`` do not show, nor (unless ``ground``) does the white paper."""
    papers = [] if ground else [figure.patch]
    before = [(artist, artist.get_visible()) for artist in (*artists, *papers)]
    try:
        for artist, _ in before:
            artist.set_visible(False)
        yield
    finally:
        for artist, was_visible in before:
            artist.set_visible(was_visible)


def whole_source(frame) -> str:
    """Both layers in one picture."""
    return smaller(frame.figure)


def background_source(frame) -> str:
    """The white paper and what stays on it."""
    with hidden(frame.moving, frame.figure, ground=True):
        return smaller(frame.figure)


def overlay_sources(frames) -> list[str]:
    """What moves, transparent. All SVG or all PNG: a player whose lines turn soft and sharp as it
    moves would draw the eye to nothing.
    """
    candidates = [[overlay(frame, svg_uri) for frame in frames]]
    if total(candidates[0]) > WORTH_A_PNG * len(frames):
        candidates.append([overlay(frame, png_uri) for frame in frames])
    return min(candidates, key=total)


def overlay(frame, uri_of) -> str:
    with hidden(frame.fixed, frame.figure, ground=False):
        return uri_of(frame.figure)


def total(sources) -> int:
    return sum(map(len, sources))


def smaller(figure: Figure) -> str:
    """SVG, sharp at any zoom, while one copy of it is cheap; then whichever is shorter."""
    uri = svg_uri(figure)
    return uri if len(uri) <= CHEAP_ONCE else min(uri, png_uri(figure), key=len)


def png_uri(figure: Figure) -> str:
    packed = base64.b64encode(png_bytes(figure, SCREEN_DPI, colors=32)).decode("ascii")
    return f"data:image/png;base64,{packed}"


def svg_uri(figure: Figure) -> str:
    """Percent-encoded where a URI or an HTML attribute needs it: shorter than base64, and git
    finds what two versions have in common.
    """
    svg = svg_text(figure)
    for character in "%'#&<>\n":
        svg = svg.replace(character, f"%{ord(character):02X}")
    return "data:image/svg+xml," + svg.replace('"', "'")


def png_bytes(figure: Figure, dpi: float, colors: int) -> bytes:
    """A palette PNG; where the figure is transparent, each colour has an alpha."""
    with style.context():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    picture = Image.open(buffer)
    if picture.getextrema()[3] == (255, 255):
        picture = picture.convert("RGB")  # median cut, the better method, knows no alpha
    picture = picture.quantize(colors, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def svg_text(figure: Figure) -> str:
    """Matplotlib's SVG at about a third of its size; the same to a hundredth of a point."""
    with style.context():
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=NO_METADATA)
    root = ElementTree.fromstring(buffer.getvalue())  # drops comments and the doctype
    prune(root)
    used = set(
        re.findall(
            r"#([\w-]+)",
            " ".join(value for node in root.iter() for key, value in node.items() if key != "id"),
        )
    )
    for node in root.iter():
        shorten(node, used)
    root.set("xmlns", SVG.strip("{}"))
    root.attrib.pop("version", None)
    return ElementTree.tostring(root, encoding="unicode")


def prune(node) -> None:
    """Drop groups with nothing in them, and unwrap groups that say nothing."""
    children = []
    for child in list(node):
        prune(child)
        is_group = child.tag == SVG + "g"
        if child.tag == SVG + "metadata" or (is_group and len(child) == 0):
            continue
        children += list(child) if is_group and set(child.keys()) <= {"id"} else [child]
    node[:] = children
    node.tail = None
    if not (node.text or "").strip():
        node.text = None


def shorten(node, used_ids) -> None:
    """Without namespaces, idle ids, idle spaces and idle decimals."""
    node.tag = node.tag.removeprefix(SVG)
    if XLINK_HREF in node.attrib:
        node.set("href", node.attrib.pop(XLINK_HREF))
    if node.get("id") not in used_ids:
        node.attrib.pop("id", None)
    for key, value in node.items():
        node.set(key, shorter_value(key, value))


def shorter_value(key, value) -> str:
    if key == "style":
        return re.sub(r"([:;]) ", r"\1", value)
    if key == "d":
        return re.sub(
            r"\s*([A-Za-z])\s*", r"\1", with_fewer_decimals(value).replace("\n", " ")
        ).strip()
    if key in ("points", "x", "y", "width", "height"):
        return with_fewer_decimals(value)
    if key == "transform":  # not its scales: a glyph's is 0.015625
        return re.sub(r"translate\([^)]*\)", lambda match: with_fewer_decimals(match[0]), value)
    return value


def with_fewer_decimals(text: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda match: rounded(match[0]), text)


def rounded(number: str) -> str:
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
