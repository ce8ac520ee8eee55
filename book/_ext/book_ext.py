"""Sphinx extension of the book: MathJax from an installed wheel, no script from another host.

Eight things are done; without the first three a page would name or ask a server elsewhere:

* every page forbids its browser to fetch anything, or to send a form, beyond the site itself; a
  link to a paper is still a link;
* the parts of MathJax that the pages use are copied from the wheel ``sphinx-mathjax-offline``
  (2 MB of its 24), so that formulae are typeset without a network (``_static/formulae.js`` keeps
  its menu from asking for more);
* what thebe (live cells through a server) leaves on every page is taken off again;
* a page whose only formula stands in the output of a cell, such as the caption of a figure, gets
  MathJax as well: Sphinx counts those of the text only;
* a full stop or a comma after a formula stays on its line: to a browser a formula is a box, after
  which a line may end;
* a script of 1.5 MB for icons that a site may add, which this one does not, is taken off each page;
* the words to be searched, a third of a megabyte, are read when the page is seen, not before it;
* the bibliography is no list to a screen reader, for its entries are announced as entries of a
  bibliography and not as items of a list, and a list without items is announced as empty.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

from docutils import nodes
from live_cells import policy
from sphinx.transforms.post_transforms import SphinxPostTransform

# Where a page may fetch from. Inline: the theme and the sliders of figures are scripts and styles
# in the page itself. The "self" of a page that is opened as a file is the files beside it.
ALLOWED = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
MATHJAX_PARTS = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")
ICONS = re.compile(r"<script[^>]*/scripts/fontawesome\.js[^>]*></script>\s*")
SEARCHED = re.compile(r'<script (src="[^"]*searchindex\.js")>')
CITATIONS = 'class="citation-list"'
CLOSE_UP = re.compile(r"[.,;:!?)\]’”]+")
THEBE_SCRIPT = re.compile(
    r"<script[^>]*>[^<]*(thebe|kernelName\s*=)[^<]*</script>\s*|"
    r'<script type="text/x-thebe-config">.*?</script>\s*',
    re.DOTALL,
)


def forbid_other_hosts(app, pagename, templatename, context, doctree):
    """The content security policy, before all else in the head of a page: it binds what follows."""
    rules = policy(app, pagename, ALLOWED)
    tag = f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
    context["metatags"] = tag + context.get("metatags", "")


def mathjax_folder():
    """Where the wheel keeps MathJax; its name has hyphens, so that it cannot be imported."""
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "The book needs the package sphinx-mathjax-offline: pip install -r requirements.txt"
        )
    return Path(spec.origin).parent / "static" / "mathjax"


def copy_mathjax(app, exception):
    """Copy the used parts of MathJax beside the theme's own files."""
    if exception or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir) / "_static" / "mathjax"
    for part in MATHJAX_PARTS:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            (target / part).write_bytes((source / part).read_bytes())


def lighten_head(app, exception):
    """Of the scripts in the theme's template take one off, and let the heaviest wait."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        path.write_text(SEARCHED.sub(r"<script defer \1>", ICONS.sub("", text)), encoding="utf-8")
    for path in Path(app.outdir, "_static", "scripts").glob("fontawesome.js*"):
        path.unlink()


def drop_thebe(app, pagename, templatename, context, doctree):
    """Take off a page the files and the inline settings of thebe, which nothing here uses."""
    for files in ("script_files", "css_files"):
        context[files] = [file for file in context[files] if "thebe" not in str(vars(file)).lower()]
    if "body" in context:
        context["body"] = THEBE_SCRIPT.sub("", context["body"])


class KeepPunctuation(SphinxPostTransform):
    """Put a formula and what closes up to it into one box that no line ends within."""

    default_priority = 900
    formats = ("html",)

    def run(self):
        """Every formula in the text."""
        for formula in list(self.document.findall(nodes.math)):
            keep_together(formula)


def keep_together(formula):
    """Move the signs that close up to a formula into a box with it."""
    parent = formula.parent
    place = next(k for k, node in enumerate(parent) if node is formula)  # index() takes its equal
    text = parent[place + 1] if place + 1 < len(parent) else None
    close = CLOSE_UP.match(text) if isinstance(text, nodes.Text) else None
    if close:
        box = nodes.inline("", "", formula.deepcopy(), nodes.Text(close.group()), classes=["keep"])
        parent[place] = box
        parent[place + 1] = nodes.Text(text[close.end() :])


def unlist_citations(app, pagename, templatename, context, doctree):
    """Take the role of a list off the bibliography."""
    if "body" in context:
        context["body"] = context["body"].replace('role="list" class="citation-list"', CITATIONS)


def count_output_maths(app, pagename, templatename, context, doctree):
    """Tell Sphinx of formulae in outputs, before it decides whether a page needs MathJax."""
    if 'class="math ' in context.get("body", ""):
        app.env.get_domain("math").data["has_equations"][pagename] = True


def setup(app):
    """Register with Sphinx; scripts are added at priority 500, between the two of ours."""
    app.connect("html-page-context", count_output_maths, priority=400)
    app.connect("html-page-context", drop_thebe, priority=999)
    app.connect("html-page-context", forbid_other_hosts, priority=999)
    app.connect("html-page-context", unlist_citations)
    app.add_post_transform(KeepPunctuation)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", lighten_head, priority=900)  # after all that write pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
