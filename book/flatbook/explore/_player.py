"""The HTML of a figure: layers one above the other, a native slider for each parameter, a caption.

No ids, no script element and nothing to load: one handler on the figure hears its own sliders, so
any number of players live on a page, and a notebook that inserts HTML runs it as well.

JupyterLab trusts no notebook that was not run on its machine. It shows such a one without the
style sheet, the handler, and attributes such as ``hidden``; classes and style attributes it keeps.
So what the picture needs to be right is in style attributes, and there the start frame remains. A
slider would be dead: only the style sheet brings it in, and takes off the line in its place.
"""

import json
from html import escape

from flatbook.explore._layers import PIXELS_PER_INCH
from flatbook.explore._text import caption_html

CSS = """
figure.explore{margin:1.25rem auto;padding:0;color:var(--pst-color-text-base,inherit)}
figure.explore img.explore-layer{max-width:none;margin:0;padding:0;border-radius:0}
figure.explore img.explore-over{background:none}
figure.explore .explore-asleep{display:none}
figure.explore .explore-controls{display:grid!important;
grid-template-columns:auto minmax(0,1fr) auto;column-gap:.4rem;align-items:center;
margin:.15rem 0 0;line-height:1.3}
figure.explore label{display:grid;grid-template-columns:subgrid;grid-column:1/3;
align-items:center;margin:0;padding:0 .6rem;max-width:none;border-radius:.8rem}
figure.explore .explore-name{max-width:14rem}
figure.explore input{width:100%;height:2.75rem;margin:0;padding:0;cursor:pointer;
touch-action:pan-y;accent-color:var(--pst-color-primary,#0351b0)}
figure.explore label:has(:focus-visible){outline:2px solid var(--pst-color-primary,#0351b0);
outline-offset:-5px}
figure.explore label:has(:focus-visible) input{outline:none}
figure.explore output{padding-right:.6rem;text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}
figure.explore figcaption{margin:.35rem 0 0;padding:0 .6rem;max-width:none;text-align:left;
font-family:inherit;font-size:.92em;font-weight:400;line-height:1.5;color:inherit}
html[data-theme="dark"] .bd-content div.cell_output .text_html:has(figure.explore)
{background:none;color:inherit;padding:0}
html[data-theme="dark"] figure.explore .explore-stack img.explore-layer,
body[data-jp-theme-light="false"] figure.explore .explore-stack img.explore-layer
{background:none;padding:0;filter:invert(.93) hue-rotate(180deg)}
@media(max-width:600px){figure.explore .explore-name{max-width:7rem}}
@media print{figure.explore{break-inside:avoid}
figure.explore .explore-controls{display:none!important}}
"""

ASLEEP = "In a notebook that has been run, a slider moves this figure."


# `this` is the figure. The frames run through the last parameter fastest.
HANDLER = """
let k=0,s=event.target,t=JSON.parse(s.dataset.texts)[s.value];
this.querySelectorAll('input').forEach(i=>{k=k*(+i.max+1)+ +i.value});
this.querySelectorAll('img[data-frame]').forEach((m,j)=>{m.style.display=j===k?'':'none'});
s.setAttribute('aria-valuetext',t);s.closest('label').nextElementSibling.value=t
"""

UNDER = "display:block;width:100%;height:auto"
OVER = "position:absolute;top:0;left:0;width:100%"


def player(background, overlays, alts, parameters, shown, caption, size) -> str:
    """The whole figure element. ``background`` is None for a picture in one layer."""
    width, height = (round(inches * PIXELS_PER_INCH) for inches in size)
    layers = [
        image(source, alt, " data-frame", OVER if index == shown else f"{OVER};display:none")
        for index, (source, alt) in enumerate(zip(overlays, alts, strict=True))
    ]
    if background is None:
        layers = [image(overlays[0], alts[0], f' width="{width}" height="{height}"')]
    else:
        layers.insert(0, image(background, "", f' width="{width}" height="{height}"'))
    handler = f' oninput="{attribute(one_line(HANDLER))}"' if parameters else ""
    return "\n".join(
        [
            f'<figure class="explore" style="max-width:{width}px"{handler}>',
            f"<style>{one_line(CSS)}</style>",
            '<div class="explore-stack" style="position:relative" aria-live="polite">',
            *layers,
            "</div>",
            *controls(parameters),
            *([f"<figcaption>{caption_html(caption)}</figcaption>"] if caption else []),
            "</figure>",
        ]
    )


def image(source, alt, more, place=UNDER) -> str:
    kind = "explore-layer" if place == UNDER else "explore-layer explore-over"
    return f'<img class="{kind}" style="{place}"{more} alt="{attribute(alt)}" src="{source}">'


def controls(parameters) -> list[str]:
    if not parameters:
        return []
    rows = [line for parameter in parameters for line in slider(parameter)]
    return [
        f'<p class="explore-asleep">{ASLEEP}</p>',
        '<div class="explore-controls" style="display:none">',
        *rows,
        "</div>",
    ]


def slider(parameter) -> list[str]:
    """A row. The value is wide enough for any of its texts, so that the track never moves.

    In JupyterLab the arrow keys fold sections, unless the element that hears them says otherwise.
    """
    text = parameter.texts[parameter.start]
    texts = attribute(json.dumps(parameter.texts, ensure_ascii=False, separators=(",", ":")))
    width = max(len(each) for each in parameter.texts)
    return [
        f'<label><span class="explore-name">{escape(parameter.label)}</span>'
        f'<input type="range" min="0" max="{len(parameter.values) - 1}" step="1" '
        f'value="{parameter.start}" autocomplete="off" aria-valuetext="{attribute(text)}" '
        f'data-texts="{texts}" data-lm-suppress-shortcuts="true"></label>',
        # The slider announces its own value: the output would say it twice.
        f'<output aria-live="off" style="min-width:{width}ch">{escape(text)}</output>',
    ]


def attribute(text: str) -> str:
    return escape(text, quote=True).replace("&#x27;", "'")


def one_line(text: str) -> str:
    return "".join(text.split("\n"))
